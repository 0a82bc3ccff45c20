// The gallery: filters act at once, and the bar says how many are chosen. Without this file forms are sent by buttons.
"use strict";

(() => {
  const find = document.querySelector("[data-find]");
  if (find) {
    const toggle = find.querySelector("[data-toggle]");
    toggle.hidden = false;
    const selects = document.getElementById("gl-selects");
    selects.classList.add("is-shut");
    toggle.addEventListener("click", () => toggle.setAttribute("aria-expanded", String(!selects.classList.toggle("is-shut"))));
    const send = () => find.requestSubmit();
    find.addEventListener("submit", () => {
      // Addresses hold what was asked for, and nothing else.
      for (const each of find.elements) if (each.name && !each.value) each.disabled = true;
    });
    // Whoever comes back finds the form as it was.
    addEventListener("pageshow", () => {
      for (const each of find.elements) each.disabled = false;
    });
    find.addEventListener("change", (event) => {
      if (event.target.matches("[data-submit]")) return send();
      event.target.closest("[data-drop]")?.setAttribute("data-changed", "");
    });
    for (const drop of find.querySelectorAll("[data-drop]")) {
      drop.addEventListener("toggle", () => {
        if (!drop.open && drop.hasAttribute("data-changed")) send();
      });
    }
    const close = (except) => {
      for (const drop of find.querySelectorAll("[data-drop][open]")) if (!drop.contains(except)) drop.open = false;
    };
    document.addEventListener("click", (event) => close(event.target));
    document.addEventListener("keydown", (event) => {
      if (event.key === "Escape") close(null);
    });
  }

  const picks = document.querySelector("[data-picks]");
  const bar = picks?.querySelector("[data-bar]");
  if (!bar) return;
  const all = bar.querySelector("[data-all]");
  const number = bar.querySelector("[data-number]");
  const boxes = () => [...picks.querySelectorAll('input[name="pick"]:not(:disabled)')];
  const count = () => {
    const every = boxes();
    const chosen = every.filter((each) => each.checked).length;
    number.textContent = chosen;
    bar.classList.toggle("has-chosen", chosen > 0);
    all.checked = chosen > 0 && chosen === every.length;
    all.indeterminate = chosen > 0 && chosen < every.length;
    for (const each of bar.querySelectorAll("[data-needs-choice]")) each.disabled = !chosen;
  };
  picks.addEventListener("change", (event) => {
    if (event.target === all) for (const each of boxes()) each.checked = all.checked;
    count();
  });
  // Before htmx and the browser send it.
  picks.addEventListener("click", (event) => {
    const asks = event.target.closest("[data-confirm]");
    if (asks && !confirm(asks.dataset.confirm)) event.preventDefault();
  }, true);
  document.body.addEventListener("htmx:afterSettle", count);
  document.body.addEventListener("htmx:afterRequest", (event) => {
    if (event.detail.elt !== picks || !event.detail.successful) return;
    for (const each of boxes()) each.checked = false;
    count();
    document.getElementById("gl-runs")?.scrollIntoView({ block: "nearest", behavior: "smooth" });
  });
  addEventListener("pageshow", count);
  count();
})();
