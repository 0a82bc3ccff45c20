// The inbox. Without this file every button works as a plain form; with it the pages live: lists and conversations
// renew themselves while somebody looks, older words come on scrolling, and what is typed survives all of it.
"use strict";

(() => {
  const TALK = 3000;
  const LIST = 10000;
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const page = document.querySelector(".ib");
  if (!page) return;

  const parsed = (html) => {
    const holder = document.createElement("template");
    holder.innerHTML = html;
    return holder.content;
  };

  const ask = async (address, options = {}) => {
    const answer = await fetch(address, {
      headers: { "X-Fragment": "1" },
      signal: AbortSignal.timeout(20000),
      ...options,
    });
    // Logged out, or the reason of yesterday holds no longer: the page says so once it is opened again.
    if (answer.redirected || answer.status === 403 || answer.status === 404) location.reload();
    return answer;
  };

  // While nobody looks, nothing is asked for.
  const every = (pause, what) => {
    let isBusy = false;
    const once = async () => {
      if (isBusy || document.hidden) return;
      isBusy = true;
      try {
        await what();
      } catch {
        // The next look may find the way again.
      } finally {
        isBusy = false;
      }
    };
    setInterval(once, pause);
    document.addEventListener("visibilitychange", once);
    return once;
  };

  // ---- The list ----

  const list = page.querySelector("[data-list]");
  if (list) {
    const isShown = () => list.offsetParent !== null;
    const mark = () => {
      for (const row of all("[data-talk]", list)) {
        const isHere = row.dataset.talk === list.dataset.here;
        row.classList.toggle("is-here", isHere);
        // It is being read right now.
        if (!isHere || !page.querySelector("[data-talk-page]")) continue;
        row.classList.remove("is-unread");
        row.querySelector(".ib-dot")?.remove();
      }
    };
    const load = async () => {
      if (!list.dataset.load || list.firstElementChild || !isShown()) return;
      const answer = await ask(list.dataset.load);
      if (answer.ok) list.replaceChildren(parsed(await answer.text()));
      mark();
    };
    load().catch(() => {});
    addEventListener("resize", () => load().catch(() => {}));

    every(LIST, async () => {
      const rows = list.querySelector("[data-rows]");
      // Who has gone further back is not thrown to the top again.
      if (!rows || rows.dataset.first !== "1" || rows.dataset.isLonger || !isShown()) return;
      const query = new URLSearchParams(rows.dataset.rows);
      // A search is asked for once.
      if (query.has("q")) return;
      query.set("stamp", rows.dataset.stamp);
      const answer = await ask(`${list.dataset.list}?${query}`);
      if (answer.status !== 200) return;
      const fresh = parsed(await answer.text()).querySelector("[data-rows]");
      if (!fresh) return;
      const at = rows.scrollTop;
      rows.replaceChildren(...fresh.childNodes);
      rows.dataset.stamp = fresh.dataset.stamp;
      rows.scrollTop = at;
      mark();
    });

    list.addEventListener("click", async (event) => {
      const more = event.target.closest("[data-more]");
      if (!more) return;
      event.preventDefault();
      const answer = await ask(more.dataset.more);
      if (!answer.ok) return;
      const fresh = parsed(await answer.text()).querySelector("[data-rows]");
      const rows = list.querySelector("[data-rows]");
      rows.dataset.isLonger = "1";
      more.closest(".ib-more").remove();
      all(".ib-nothing", rows).forEach((each) => each.remove());
      rows.append(...fresh.childNodes);
      mark();
    });
    list.addEventListener("change", (event) => {
      if (event.target.matches("[data-submit]")) event.target.form.requestSubmit();
    });
  }

  // ---- The conversation ----

  const talk = page.querySelector("[data-talk-page]");
  if (!talk) return;
  const flow = talk.querySelector("[data-flow]");
  const aside = page.querySelector("[data-aside]");
  const said = talk.querySelector("[data-said]");
  const part = (name) => talk.querySelector(`[data-part="${name}"]`);

  const isAtEnd = () => flow.scrollHeight - flow.scrollTop - flow.clientHeight < 80;
  const toEnd = () => {
    flow.scrollTop = flow.scrollHeight;
  };

  // What is on the page stays where it is the same as before: details that are open, words that are being changed.
  const settle = (box, html) => {
    const fresh = [...parsed(html).children];
    const old = new Map([...box.children].map((each) => [each.dataset.key, each]));
    const kept = fresh.map((each) => {
      const before = old.get(each.dataset.key);
      const text = each.outerHTML;
      if (before && before.asSent === text) return before;
      each.asSent = text;
      return each;
    });
    kept.forEach((each, place) => {
      if (box.children[place] !== each) box.insertBefore(each, box.children[place] || null);
    });
    while (box.children.length > kept.length) box.lastElementChild.remove();
  };

  // What somebody is writing to a person outlives the page, and the loss of the conversation; it stays in this tab.
  const KEPT = `inbox:${location.pathname}`;
  const keep = (words) => (words ? sessionStorage.setItem(KEPT, words) : sessionStorage.removeItem(KEPT));
  const giveBack = () => {
    const area = talk.querySelector("[data-enter]");
    const words = sessionStorage.getItem(KEPT);
    if (!area || area.value || !words) return;
    area.value = words;
    grow(area);
  };

  const tell = (words, isBad) => {
    said.textContent = words;
    said.hidden = !words;
    said.classList.toggle("is-bad", isBad);
    clearTimeout(tell.timer);
    if (words && !isBad) tell.timer = setTimeout(() => tell("", false), 4000);
  };

  const loadAside = async () => {
    // Nothing of what somebody chooses there right now is taken away.
    if (!page.classList.contains("has-person") || aside.contains(document.activeElement)) return;
    const answer = await ask(aside.dataset.aside);
    if (answer.ok) aside.replaceChildren(parsed(await answer.text()));
  };

  const show = (answer) => {
    const wasAtEnd = isAtEnd();
    talk.dataset.stamp = answer.stamp;
    settle(part("flow"), answer.parts.flow);
    settle(part("drafts"), answer.parts.drafts);
    const bar = part("bar");
    if (!bar.querySelector("details[open]") || answer.done || answer.refused) bar.innerHTML = answer.parts.bar;
    const composer = part("composer");
    if (composer && composer.dataset.kind !== answer.kind) {
      const isLosing = Boolean(composer.querySelector("[data-enter]")?.value);
      composer.dataset.kind = answer.kind;
      composer.innerHTML = answer.parts.composer;
      giveBack();
      if (isLosing && !composer.querySelector("[data-enter]")) tell(talk.dataset.kept, true);
    }
    if (wasAtEnd) toEnd();
    loadAside().catch(() => {});
  };

  const where = () => ({ stamp: talk.dataset.stamp, since: talk.dataset.since, read: talk.dataset.read });
  const look = every(TALK, async () => {
    const asked = new URLSearchParams({ ...where(), seen: isAtEnd() ? "1" : "0" });
    const answer = await ask(`${talk.dataset.live}?${asked}`);
    if (answer.status === 200) show(await answer.json());
  });

  // Buttons, without leaving the page.
  page.addEventListener("submit", async (event) => {
    const form = event.target.closest("[data-do]");
    if (!form) return;
    event.preventDefault();
    const data = new FormData(form, event.submitter);
    for (const [name, value] of Object.entries(where())) data.set(name, value);
    const buttons = all("button", form);
    buttons.forEach((each) => (each.disabled = true));
    try {
      const answer = await ask(form.action, { method: "POST", body: data });
      if (!answer.ok) {
        if (answer.status !== 403 && answer.status !== 404) tell(talk.dataset.failed || `${answer.status}`, true);
        return;
      }
      const told = await answer.json();
      if (!told.refused && form.hasAttribute("data-clear")) {
        if (form.querySelector("[data-enter]")) keep("");
        form.reset();
        all("details", form).forEach((each) => (each.open = false));
        all("[data-grow]", form).forEach(grow);
        all(".is-filled", form).forEach((each) => each.classList.remove("is-filled"));
      }
      if (document.activeElement && form.contains(document.activeElement) && !form.hasAttribute("data-clear")) document.activeElement.blur();
      show(told);
      tell(told.refused || told.done, Boolean(told.refused));
      if (!told.refused && form.hasAttribute("data-clear")) toEnd();
      if (form.action.endsWith("/take/")) talk.querySelector("[data-enter]")?.focus();
    } catch {
      tell(page.dataset.offline || "…", true);
    } finally {
      buttons.forEach((each) => (each.disabled = false));
    }
  });

  // Older words come in from above, and what one was reading stays where it was.
  let isFetching = false;
  const fetchOlder = async () => {
    const mark = flow.querySelector("[data-older-place]");
    if (!mark || isFetching || flow.scrollTop > 300) return;
    isFetching = true;
    try {
      const answer = await ask(`${talk.dataset.older}?${new URLSearchParams({ before: mark.dataset.olderPlace })}`);
      if (!answer.ok) return;
      const fromEnd = flow.scrollHeight - flow.scrollTop;
      mark.remove();
      flow.querySelector("[data-before]").prepend(parsed(await answer.text()));
      flow.scrollTop = flow.scrollHeight - fromEnd;
    } finally {
      isFetching = false;
    }
  };
  flow.addEventListener("scroll", () => fetchOlder().catch(() => {}), { passive: true });

  flow.addEventListener("click", async (event) => {
    const link = event.target.closest("[data-why]");
    if (!link) return;
    event.preventDefault();
    const bubble = link.closest(".ib-bubble");
    const open = bubble.querySelector(".ib-because");
    if (open) return open.remove();
    const answer = await ask(link.href);
    if (!answer.ok) return;
    bubble.append(parsed(await answer.text()));
    bubble.scrollIntoView({ block: "nearest" });
  });

  // Writing.
  function grow(area) {
    area.rows = 1;
    const line = parseFloat(getComputedStyle(area).lineHeight) || 20;
    area.rows = Math.min(12, Math.max(1, Math.round((area.scrollHeight - 16) / line)));
  }
  talk.addEventListener("input", (event) => {
    if (event.target.matches("[data-grow]")) grow(event.target);
    if (event.target.matches("[data-enter]")) keep(event.target.value);
    const extras = event.target.closest(".ib-extras");
    if (extras) extras.classList.toggle("is-filled", all("input", extras).some((each) => each.value));
  });
  talk.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || !event.target.matches("[data-enter]")) return;
    event.preventDefault();
    if (event.target.value.trim()) event.target.form.requestSubmit();
  });
  talk.addEventListener("change", (event) => {
    if (!event.target.matches("[data-reply]") || !event.target.value) return;
    const area = event.target.form.elements.text;
    area.setRangeText(event.target.value, area.selectionStart, area.selectionEnd, "end");
    event.target.value = "";
    event.target.closest("details").open = false;
    grow(area);
    keep(area.value);
    area.focus();
  });

  // Who it is: beside the conversation where there is room, else in its place.
  const toggle = talk.querySelector("[data-toggle-aside]");
  const showAside = (isShown) => {
    page.classList.toggle("has-person", isShown);
    toggle.setAttribute("aria-expanded", String(isShown));
    if (isShown) loadAside().catch(() => {});
  };
  toggle.addEventListener("click", () => showAside(!page.classList.contains("has-person")));
  aside.addEventListener("click", (event) => {
    if (event.target.closest("[data-close-aside]")) showAside(false);
  });
  showAside(matchMedia("(min-width: 80rem)").matches);

  for (const box of [part("flow"), part("drafts")]) for (const each of box.children) each.asSent = each.outerHTML;
  giveBack();
  const first = flow.querySelector(".ib-new");
  if (first) first.scrollIntoView({ block: "center" });
  else toEnd();
  look();
})();
