// Short words at the top of the chat, and alerts that want to be closed.
import { byId, make } from "/sandbox/dom.js";

const SHOWN_FOR = 3500;

export function toast(text, kind = "") {
  const node = make("p", { class: `toast ${kind}` }, text);
  byId("toasts").append(node);
  setTimeout(() => node.classList.add("leaving"), SHOWN_FOR);
  setTimeout(() => node.remove(), SHOWN_FOR + 400);
}

export function alertBox(text) {
  byId("alert-text").textContent = text;
  byId("alert").showModal();
}
