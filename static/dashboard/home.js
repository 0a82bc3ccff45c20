// The first page: its figures are fetched anew while somebody looks. Without this file the page is as it was loaded.
"use strict";

(() => {
  const EVERY = 30000;
  const box = document.querySelector("[data-live]");
  const asOf = document.querySelector("[data-asof]");
  if (!box || !asOf) return;
  const words = asOf.querySelector("[data-asof-words]");
  const time = asOf.querySelector("time");

  // Times as the clock on this person's wall shows them.
  const showTimes = (root) => {
    for (const each of root.querySelectorAll("time[data-clock]")) {
      const at = new Date(each.dateTime);
      if (!Number.isNaN(at.getTime())) each.textContent = at.toLocaleTimeString(document.documentElement.lang || [], { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
    }
  };
  const say = (text) => {
    asOf.classList.toggle("is-late", text !== words.dataset.words);
    if (words.textContent !== text) words.textContent = text;
  };

  let looked = Date.now();
  let busy = false;
  let isGone = false;
  const look = async () => {
    if (busy || isGone || document.hidden) return;
    busy = true;
    try {
      const answer = await fetch(box.dataset.live, { headers: { "X-Fragment": "1" }, cache: "no-store", signal: AbortSignal.timeout(15000) });
      // The admin leads whoever is signed out to the page that asks who they are.
      if (answer.redirected || answer.status === 403) {
        isGone = true;
        return say(asOf.dataset.gone);
      }
      if (!answer.ok) return say(asOf.dataset.failed);
      put(await answer.text());
      say(words.dataset.words);
    } catch {
      say(asOf.dataset.failed);
    } finally {
      looked = Date.now();
      busy = false;
    }
  };

  // What was opened, scrolled and in focus stays so.
  const put = (text) => {
    const open = [...box.querySelectorAll("details[open]")].map((each) => [each.id, each.querySelector(".home-scroll")?.scrollTop || 0]);
    const held = box.contains(document.activeElement) ? document.activeElement : null;
    const place = held && [...box.querySelectorAll("a, summary, [tabindex]")].indexOf(held);
    const label = held && held.textContent;
    box.innerHTML = text;
    for (const [id, top] of open) {
      const each = document.getElementById(id);
      if (!each) continue;
      each.open = true;
      each.querySelector(".home-scroll")?.scrollTo(0, top);
    }
    if (held) {
      const all = [...box.querySelectorAll("a, summary, [tabindex]")];
      (all[place]?.textContent === label ? all[place] : all.find((each) => each.textContent === label))?.focus({ preventScroll: true });
    }
    time.dateTime = box.querySelector("[data-now]").dataset.now;
    showTimes(box);
    showTimes(asOf);
  };

  showTimes(document);
  setInterval(look, EVERY);
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden && Date.now() - looked > EVERY) look();
  });
  addEventListener("online", look);

  const choice = document.querySelector("[data-choose]");
  if (choice) {
    choice.querySelector("button").hidden = true;
    choice.addEventListener("change", () => choice.requestSubmit());
  }
})();
