// The way to a new bot: a token that is pasted is checked at once. Where the check may change a bot that is here
// (data-check="pressed"), and without this file, one presses the button.
"use strict";

(() => {
  const form = document.querySelector("[data-check]");
  if (!form) return;
  const field = form.elements.token;
  const button = form.querySelector("button[type=submit]");
  const words = button.textContent;

  const isBusy = (busy) => {
    button.disabled = busy;
    button.textContent = busy ? button.dataset.busy : words;
  };
  if (form.dataset.check !== "pressed") field.addEventListener("paste", () => setTimeout(() => {
    if (/\d{5,20}:[\w-]{16,}/.test(field.value)) form.requestSubmit();
  }));
  form.addEventListener("submit", () => setTimeout(() => isBusy(true)));
  // Who comes back by the browser's button finds the form as it was.
  addEventListener("pageshow", () => isBusy(false));

  const own = form.elements.address;
  own?.addEventListener("input", () => { form.querySelector("input[value=other]").checked = true; });
})();
