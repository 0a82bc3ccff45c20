// The playground: what is chosen above shows at once, sessions are listed when somebody wants them, and what was typed
// survives another choice. Running and waiting is htmx's.
"use strict";

(() => {
  const KEPT = "playground-text";
  const what = document.querySelector("[data-what]");
  const form = document.querySelector("[data-trial]");
  if (!what || !form) return;
  const text = form.elements.text;

  const kept = sessionStorage.getItem(KEPT);
  if (kept) text.value = kept;
  sessionStorage.removeItem(KEPT);
  what.querySelector("button").hidden = true;
  what.addEventListener("change", () => {
    sessionStorage.setItem(KEPT, text.value);
    what.requestSubmit();
  });

  const box = document.getElementById("pg-session");
  form.addEventListener("change", (event) => {
    if (event.target.name === "source" && event.target.value === "session" && box) box.dispatchEvent(new Event("wanted"));
  });
  if (box) {
    box.addEventListener("click", (event) => {
      if (event.target.closest("[data-back]")) htmx.ajax("GET", box.dataset.sessions, { target: box, swap: "innerHTML" });
    });
    // A long talk is read from where the choice stands.
    box.addEventListener("htmx:afterSettle", () => {
      const chosen = box.querySelector(".pg-talk input:checked");
      if (chosen) box.querySelector(".pg-talk").scrollTop = chosen.closest("li").offsetTop;
    });
  }

  const live = document.getElementById("pg-live");
  // What somebody unfolded stays so while the other side is waited for.
  let open = [];
  live.addEventListener("htmx:beforeSwap", () => {
    open = [...live.querySelectorAll(".pg-shown")].map((each) => each.open);
  });
  live.addEventListener("htmx:afterSwap", () => {
    live.querySelectorAll(".pg-shown").forEach((each, place) => (each.open = Boolean(open[place])));
  });
  form.addEventListener("htmx:afterRequest", (event) => {
    if (event.detail.elt === form) live.scrollIntoView({ behavior: matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth", block: "nearest" });
  });
})();
