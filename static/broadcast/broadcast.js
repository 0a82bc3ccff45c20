// Pages of broadcasts. Without this file every button works as a plain form; with it figures move by themselves, and
// what is being written is checked and shown while it is typed.
"use strict";

(() => {
  const EVERY = 2000;
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];

  // Figures that change by themselves. Nothing is asked for while nobody looks.
  for (const box of all("[data-refresh]")) {
    let busy = false;
    const look = async () => {
      const inner = box.querySelector("[data-live]");
      if (busy || document.hidden || !inner || inner.dataset.live !== "on") return;
      busy = true;
      try {
        const address = new URL(box.dataset.refresh, location.href);
        for (const [name, value] of new URLSearchParams(inner.dataset.carried || "")) address.searchParams.set(name, value);
        const answer = await fetch(address, { headers: { "X-Fragment": "1" }, signal: AbortSignal.timeout(10000) });
        // Logged out, or gone: the page says so once it is opened again.
        if (!answer.ok || answer.redirected) return;
        const state = answer.headers.get("X-State");
        if (state && box.dataset.state && state !== box.dataset.state) return location.reload();
        box.innerHTML = await answer.text();
      } catch {
        // The next look may find the way again.
      } finally {
        busy = false;
      }
    };
    setInterval(look, EVERY);
    document.addEventListener("visibilitychange", look);
  }

  // What takes longer to find out, so less often and one after the other; not while somebody is about to press a
  // button in it.
  const boxes = all("[data-load]");
  const load = async (box) => {
    if (document.hidden || box.querySelector("details[open]")) return;
    try {
      const answer = await fetch(box.dataset.load, { headers: { "X-Fragment": "1" } });
      if (answer.ok && !answer.redirected) box.innerHTML = await answer.text();
    } catch {
      // As above.
    }
  };
  const loadAll = async () => {
    for (const box of boxes) await load(box);
    const seconds = Number(boxes[0].dataset.loadEvery) || (document.querySelector('[data-live="on"]') ? 15 : 0);
    if (seconds) setTimeout(loadAll, seconds * 1000);
  };
  if (boxes.length) loadAll();

  // What cannot be taken back, outside of the form in which broadcasts are written.
  for (const button of all("form:not([data-write]) [data-sure]")) {
    button.closest("form").addEventListener("submit", (event) => {
      if (!confirm(button.dataset.sure)) event.preventDefault();
    });
  }

  // The clock on this person's wall.
  for (const select of all("[data-zones]")) {
    const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
    if (zone && !all("option", select).some((each) => each.value === zone)) select.add(new Option(zone, zone));
    const at = select.closest("form").elements.at;
    at.addEventListener("input", () => {
      select.closest("form").querySelector("[name=when][value=later]").checked = true;
    });
  }

  const form = document.querySelector("[data-write]");
  if (!form) return;

  // Unfold would write the file's name into a text field of its own widget, which there is none of here.
  for (const each of all("input[type=file]", form)) each.hasChangeListener = true;

  const sent = (submitter) => {
    const data = new FormData(form);
    // The file stays where it is until the whole is saved.
    if (data.get("file") && data.get("file").size) data.set("has-file", "1");
    data.delete("file");
    if (submitter) data.set(submitter.name, submitter.value);
    return data;
  };

  const later = (delay, what) => {
    let timer = 0;
    let asking = null;
    return () => {
      clearTimeout(timer);
      timer = setTimeout(async () => {
        if (asking) asking.abort();
        asking = new AbortController();
        try {
          await what(asking.signal);
        } catch (error) {
          if (error.name !== "AbortError" && error.name !== "TypeError") throw error;
        }
      }, delay);
    };
  };

  const check = later(500, async (signal) => {
    const answer = await fetch(form.dataset.check, { method: "POST", body: sent(), signal });
    const box = form.querySelector("[data-answer]");
    if (answer.ok && !answer.redirected && box) box.innerHTML = await answer.text();
  });

  const looks = form.querySelector("[data-looks]");
  looks.hidden = false;
  form.querySelector(".bc-two").classList.add("is-two");
  const show = later(400, async (signal) => {
    const answer = await fetch(form.dataset.bubbles, { method: "POST", body: sent(), signal });
    if (answer.ok && !answer.redirected) looks.querySelector("[data-looks-body]").innerHTML = await answer.text();
  });

  let isChanged = false;
  form.addEventListener("input", (event) => {
    isChanged = true;
    const name = event.target.name || "";
    if (name === "bots" || name === "rate" || event.target.closest("#criteria")) check();
    if (!event.target.closest("#limits, #trial")) show();
  });
  addEventListener("beforeunload", (event) => {
    if (isChanged) event.preventDefault();
  });

  // Buttons that change the form itself: the part of the page that they are about is put in place of the old one.
  form.addEventListener("submit", async (event) => {
    const button = event.submitter;
    const sure = button && button.dataset.sure;
    if (sure && !confirm(sure)) return event.preventDefault();
    if (!button || !button.dataset.swap) {
      isChanged = false;
      return;
    }
    event.preventDefault();
    try {
      const answer = await fetch(location.href, { method: "POST", body: sent(button) });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      for (const name of ["messages", button.dataset.swap]) {
        const fresh = page.querySelector(`[data-part="${name}"]`);
        const old = form.querySelector(`[data-part="${name}"]`);
        if (fresh && old) old.replaceWith(document.importNode(fresh, true));
      }
      isChanged = true;
      if (button.dataset.swap === "criteria") check();
      show();
    } catch {
      location.reload();
    }
  });

  // A variable goes where something was typed last.
  let last = null;
  form.addEventListener("focusin", (event) => {
    if (event.target.matches("[data-text]")) last = event.target;
  });
  form.addEventListener("click", (event) => {
    const token = event.target.closest("[data-insert]");
    if (!token) return;
    const area = last && last.isConnected ? last : form.querySelector("[data-text]");
    area.setRangeText(token.dataset.insert, area.selectionStart, area.selectionEnd, "end");
    area.focus();
    area.dispatchEvent(new Event("input", { bubbles: true }));
  });

  check();
  show();
})();
