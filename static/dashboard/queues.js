// Queues and background work: figures move by themselves while somebody looks. Without this file every page is as it
// was loaded, and every button works as a plain form.
"use strict";

(() => {
  const box = document.querySelector("[data-live]");
  const asOf = document.querySelector("[data-asof]");

  document.addEventListener("change", (event) => {
    const each = event.target;
    if (!each.matches("[data-all-rows]")) return;
    for (const row of each.form.querySelectorAll("[name=row]")) row.checked = each.checked;
  });
  // One question at a time.
  document.addEventListener("toggle", (event) => {
    if (!event.target.open || !event.target.matches(".qs-sure")) return;
    for (const each of document.querySelectorAll(".qs-sure[open]")) if (each !== event.target) each.open = false;
  }, true);

  if (!box || !asOf) return;
  const words = asOf.querySelector("[data-asof-words]");
  const EVERY = Number(box.dataset.every);
  const say = (text, isLate) => {
    asOf.classList.toggle("is-late", isLate);
    if (words.textContent !== text) words.textContent = text;
  };
  // Nothing moves under somebody's hands.
  const isHeld = () => Boolean(box.querySelector("input:checked, .qs-sure[open]"));

  let busy = false;
  let isGone = false;
  let looked = Date.now();
  let shown = "";
  const look = async () => {
    if (busy || isGone || document.hidden) return;
    if (isHeld()) return say(words.dataset.held || words.dataset.words, true);
    busy = true;
    try {
      const address = new URL(box.dataset.live, location.href);
      const stamp = box.querySelector("[data-stamp]");
      if (stamp) address.searchParams.set("stamp", stamp.dataset.stamp);
      const answer = await fetch(address, { headers: { "X-Fragment": "1" }, cache: "no-store", signal: AbortSignal.timeout(15000) });
      if (answer.redirected || answer.status === 403) {
        isGone = true;
        return say(asOf.dataset.gone, true);
      }
      if (!answer.ok) return say(asOf.dataset.failed, true);
      if (answer.status !== 204) {
        const text = await answer.text();
        if (text !== shown && !isHeld()) put(text);
        shown = text;
      }
      say(words.dataset.words, false);
    } catch {
      say(asOf.dataset.failed, true);
    } finally {
      looked = Date.now();
      busy = false;
    }
  };

  // What was opened and what was in focus stays so.
  const put = (text) => {
    const open = [...box.querySelectorAll("details[open][id]")].map((each) => each.id);
    const held = box.contains(document.activeElement) ? document.activeElement : null;
    const place = held && [...box.querySelectorAll("a, summary, button, input")].indexOf(held);
    box.innerHTML = text;
    for (const id of open) {
      const each = document.getElementById(id);
      if (each) each.open = true;
    }
    if (held) {
      const again = box.querySelectorAll("a, summary, button, input")[place];
      if (again && again.tagName === held.tagName) again.focus({ preventScroll: true });
    }
  };

  setInterval(look, EVERY);
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden && Date.now() - looked > EVERY) look();
  });
  addEventListener("online", look);
})();
