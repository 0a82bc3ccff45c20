// Where one types: grows with the text, completes commands, edits the last message with the arrow up, takes a
// file along, records a voice.
import { byId, make } from "/sandbox/dom.js";
import { canRecord, Recorder } from "/sandbox/recorder.js";
import { t } from "/sandbox/texts.js";

const DRAFTS = new Map();

export class Composer {
  // hands: send(text), sendFile(file, caption, seconds), begin(), rewrite(message, text), complain(text),
  // lastOwn() -> message or undefined
  constructor(hands) {
    this.hands = hands;
    this.field = byId("text");
    this.menu = byId("menu");
    this.commands = [];
    this.edited = null;
    this.place = "";
    this.field.addEventListener("input", () => this.changed());
    this.field.addEventListener("keydown", (event) => this.pressed(event));
    byId("composer").addEventListener("submit", (event) => {
      event.preventDefault();
      this.send();
    });
    byId("stop-editing").addEventListener("click", () => this.stopEditing());
    this.attached = null;
    this.recorder = new Recorder((seconds) => this.ticked(seconds), () => this.send());
    byId("record").hidden = !canRecord();
    byId("record").addEventListener("click", () => this.record());
    byId("attach").addEventListener("click", () => byId("file").click());
    byId("detach").addEventListener("click", () => this.detach());
    byId("file").addEventListener("change", () => {
      this.attach(byId("file").files[0]);
      byId("file").value = "";
    });
    this.field.addEventListener("paste", (event) => {
      const [file] = event.clipboardData.files;
      if (!file) return;
      event.preventDefault();
      this.attach(file);
    });
  }

  // Each bot and person keep the draft that was begun for them.
  moveTo(place) {
    if (place === this.place) return;
    if (!this.edited) DRAFTS.set(this.place, this.field.value);
    this.edited = null;
    this.detach();
    this.place = place;
    byId("editing").hidden = true;
    this.field.value = DRAFTS.get(place) ?? "";
    this.changed();
  }

  setCommands(commands) {
    this.commands = commands;
    this.complete();
  }

  setHint(begun) {
    this.begun = begun;
    this.field.placeholder = t(this.attached ? "caption" : begun ? "placeholder" : "placeholderStart");
    this.field.setAttribute("aria-label", this.field.placeholder);
  }

  focus() {
    if (matchMedia("(hover: hover)").matches) this.field.focus();
  }

  attach(file) {
    if (!file) return;
    if (this.edited) this.stopEditing();
    this.detach();
    this.attached = file;
    const isPicture = file.type.startsWith("image/");
    if (isPicture) byId("attached-image").src = URL.createObjectURL(file);
    byId("attached-image").hidden = !isPicture;
    byId("attached-icon").toggleAttribute("hidden", isPicture);
    this.show(file.name);
    this.setHint(this.begun);
    this.changed();
    this.field.focus();
  }

  detach() {
    if (this.recorder.running) this.recorder.cancel();
    if (this.attached) URL.revokeObjectURL(byId("attached-image").src);
    this.attached = null;
    this.show(null);
    this.setHint(this.begun);
    this.changed();
  }

  async record() {
    if (this.recorder.running || this.isAsking) return;
    if (this.edited) this.stopEditing();
    this.detach();
    this.isAsking = true;
    try {
      await this.recorder.start();
    } catch {
      this.hands.complain(t("noMicrophone"));
      return;
    } finally {
      this.isAsking = false;
    }
    byId("attached-image").hidden = true;
    byId("attached-icon").toggleAttribute("hidden", true);
    this.changed();
  }

  ticked(seconds) {
    this.show(t("recording", { time: `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}` }));
  }

  show(words) {
    byId("attached-name").textContent = words ?? "";
    byId("attached").classList.toggle("live", this.recorder.running);
    byId("attached").hidden = words === null;
  }

  edit(message) {
    this.detach();
    this.edited = message;
    this.field.value = message.text;
    byId("editing").hidden = false;
    this.changed();
    this.field.focus();
  }

  stopEditing() {
    this.edited = null;
    this.field.value = "";
    byId("editing").hidden = true;
    this.changed();
    this.field.focus();
  }

  send() {
    const text = this.field.value.trim();
    if (this.attached || this.recorder.running) {
      this.sendAttached(text);
      return;
    }
    if (!text) {
      if (!this.edited) this.hands.begin();
      return;
    }
    const edited = this.edited;
    if (edited) this.stopEditing();
    this.field.value = "";
    this.changed();
    if (!edited) this.hands.send(text);
    else if (text !== edited.text) this.hands.rewrite(edited, text);
  }

  async sendAttached(caption) {
    const { file, seconds } = this.attached ? { file: this.attached, seconds: 0 } : await this.recorder.stop();
    this.field.value = "";
    this.detach();
    this.hands.sendFile(file, caption, seconds);
  }

  changed() {
    byId("send").disabled = !this.field.value.trim() && !this.attached && !this.recorder.running;
    this.field.style.height = "auto";
    // While it is hidden it has no height to measure.
    if (this.field.scrollHeight) this.field.style.height = `${Math.min(this.field.scrollHeight, 180)}px`;
    this.complete();
  }

  complete() {
    const typed = /^\/(\w*)$/.exec(this.field.value);
    const fitting = typed && !this.edited ? this.commands.filter(({ command }) => command.startsWith(typed[1].toLowerCase())) : [];
    this.menu.replaceChildren(
      ...fitting.map(({ command, description }, index) =>
        make("button", { type: "button", role: "option", class: "option", "aria-selected": String(index === 0), onclick: () => this.choose(command) },
          make("b", {}, `/${command}`), make("span", {}, description))),
    );
    this.menu.hidden = !fitting.length;
  }

  choose(command) {
    this.field.value = "";
    this.changed();
    this.hands.send(`/${command}`);
    this.focus();
  }

  pressed(event) {
    if (event.isComposing) return;
    if (!this.menu.hidden && this.pressedInMenu(event)) return;
    if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      this.send();
    } else if (event.key === "Escape" && this.edited) {
      this.stopEditing();
    } else if (event.key === "Escape") {
      this.detach();
    } else if (event.key === "ArrowUp" && !this.field.value) {
      const message = this.hands.lastOwn();
      if (!message) return;
      event.preventDefault();
      this.edit(message);
    }
  }

  pressedInMenu(event) {
    const options = [...this.menu.children];
    const at = options.findIndex((option) => option.getAttribute("aria-selected") === "true");
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      const next = (at + step + options.length) % options.length;
      options.forEach((option, index) => option.setAttribute("aria-selected", String(index === next)));
      options[next].scrollIntoView({ block: "nearest" });
    } else if (event.key === "Tab" || (event.key === "Enter" && !event.shiftKey)) {
      options[at].click();
    } else if (event.key === "Escape") {
      this.menu.hidden = true;
    } else {
      return false;
    }
    event.preventDefault();
    return true;
  }
}
