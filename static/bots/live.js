// Pages about bots: what moves is fetched anew while somebody looks. Without this file a page is as it was loaded.
"use strict";

(() => {
  const EVERY = 10000;
  const SOON = 1500;
  const MOST = 100;

  const start = () => {
    const places = () => [...document.querySelectorAll("[data-live*=':']")];
    if (!places().length) return;
    const address = document.querySelector("[data-live-at]")?.dataset.liveAt || "/admin/bots/bot/live/";
    // A page that waits for a bot to run looks more often.
    const waits = document.querySelector("[data-waits]");
    let looked = Date.now();
    let busy = false;
    let isGone = false;

    const look = async () => {
      if (busy || isGone || document.hidden) return;
      busy = true;
      try {
        const ids = [...new Set(places().map((each) => each.dataset.live.split(":")[0]))].slice(0, MOST);
        const answer = await fetch(`${address}?ids=${ids.join(",")}`, { headers: { "X-Fragment": "1" }, cache: "no-store", signal: AbortSignal.timeout(15000) });
        // The admin leads whoever is signed out to the page that asks who they are.
        if (answer.redirected || answer.status === 403) isGone = true;
        if (answer.ok && !answer.redirected) put((await answer.json()).bots);
      } catch {
        // Next time, perhaps.
      } finally {
        looked = Date.now();
        busy = false;
      }
    };

    // A piece that has not changed, or in which somebody stands with the keyboard, stays as it is.
    const put = (bots) => {
      for (const place of places()) {
        const [id, name] = place.dataset.live.split(":");
        const piece = bots[id]?.[name];
        if (piece === undefined || place.dataset.was === piece || place.contains(document.activeElement)) continue;
        place.dataset.was = piece;
        place.innerHTML = piece;
        window.htmx?.process(place);
      }
      if (waits) {
        const state = document.querySelector("[data-waits] .bot-state");
        waits.classList.toggle("is-running", Boolean(state?.classList.contains("is-good")));
        waits.classList.toggle("is-ill", Boolean(state?.classList.contains("is-bad")));
      }
    };

    setInterval(look, EVERY);
    if (waits) {
      const hurry = setInterval(() => {
        if (waits.classList.contains("is-running")) clearInterval(hurry);
        else look();
      }, SOON);
      look();
    }
    document.addEventListener("visibilitychange", () => {
      if (!document.hidden && Date.now() - looked > EVERY) look();
    });
    addEventListener("online", look);
  };

  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
  else start();
})();
