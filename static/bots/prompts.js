// Pages of prompts. Without this file all of them work; with it variables are put in by a click, selects answer at
// once, and what is typed is not lost by leaving.
"use strict";

(() => {
  for (const form of document.querySelectorAll("[data-submit-on-change]")) {
    const button = form.querySelector("button[type=submit]");
    if (button) button.hidden = true;
    form.addEventListener("change", () => form.requestSubmit());
  }

  for (const form of document.querySelectorAll("form[data-sure]")) {
    form.addEventListener("submit", (event) => {
      if (!confirm(form.dataset.sure)) event.preventDefault();
    });
  }

  // One menu at a time, and none once somebody looks elsewhere.
  document.addEventListener("click", (event) => {
    for (const menu of document.querySelectorAll(".pr-more[open]")) if (!menu.contains(event.target)) menu.open = false;
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const menu of document.querySelectorAll(".pr-more[open]")) {
      menu.open = false;
      menu.querySelector("summary").focus();
    }
  });

  const form = document.querySelector("[data-draft]");
  if (!form) return;
  const area = form.querySelector("[data-body]");
  const title = form.elements.title;
  let isLeaving = false;
  const isTouched = () => area.value !== area.defaultValue || title.value !== title.defaultValue;
  const typed = () => area.dispatchEvent(new Event("input", { bubbles: true }));

  form.addEventListener("click", (event) => {
    const name = event.target.closest("[data-insert]");
    if (name) {
      area.focus();
      area.setRangeText(name.dataset.insert, area.selectionStart, area.selectionEnd, "end");
      typed();
    }
    const fix = event.target.closest("[data-replace]");
    if (fix) {
      area.value = area.value.replaceAll(fix.dataset.replace, fix.dataset.by);
      typed();
      area.focus();
    }
  });
  for (const each of [form, document.getElementById("pr-discard")]) each.addEventListener("submit", (event) => (isLeaving = !event.defaultPrevented));
  addEventListener("beforeunload", (event) => {
    if (isTouched() && !isLeaving) event.preventDefault();
  });
  form.addEventListener("keydown", (event) => {
    if (event.key !== "s" || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    form.requestSubmit();
  });
})();
