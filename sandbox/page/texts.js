// Every word of the page, in both languages.
const TEXTS = {
  en: {
    sandbox: "sandbox", bots: "Bots", newBot: "New bot", close: "Close", send: "Send", ok: "OK", newest: "To the newest",
    youAre: "You are", block: "Block", unblock: "Unblock", youBlocked: "You blocked this bot.",
    offline: "The sandbox does not answer. Trying again…", editing: "Editing your message",
    placeholder: "Write a message…", placeholderStart: "Say something…",
    whoAreYou: "Who are you?", invent: "Somebody new", name: "Name", username: "Username", language: "Language",
    becomeThem: "Talk as this person", botName: "Name", create: "Create",
    newBotNote: "The sandbox plays BotFather: it gives you a token that works on this machine only.",
    tokenNote: "Here is the token. Give it to your bot, with this sandbox as its API address:",
    copied: "Copied", start: "Start", typing: "typing", editedMark: "edited",
    heroHint: "A sandbox on this machine, without Telegram.", heroAs: "You will talk as {name}.",
    noBots: "No bot yet", noBotsHint: "Create one here, or start the product: its demo bot appears by itself.",
    state_listening: "online", state_new: "not started yet", state_silent: "not answering",
    state_webhook: "on a webhook", state_revoked: "token revoked",
    waiting: "The bot is not listening right now. Your words wait for it.",
    failed: "That did not work: {reason}", edit: "Edit", command: "Send {text}",
    unknownMessage: "a message of another kind ({kind})", noButtons: "The bot did not answer this tap.",
    today: "Today", yesterday: "Yesterday", unread: "{count} unread", person: "Change person", begun: "has met this bot", blocked: "Blocked",
    attach: "Attach a photo or a file", record: "Record a voice message", recording: "Recording {time}", noMicrophone: "There is no microphone here, or it was not allowed.",
    caption: "Add a caption…", bio: "About me", choosePhoto: "Choose a photo", removePhoto: "Remove the photo", editPerson: "Change {name}", saveAndTalk: "Save and talk",
    photo: "Photo", document: "File", voice: "Voice message", video: "Video", openPhoto: "Open the photo", fileGone: "This file is no longer kept.", save: "Save",
    russian: "Russian", english: "English", anna: "Anna", max: "Max",
  },
  ru: {
    sandbox: "песочница", bots: "Боты", newBot: "Новый бот", close: "Закрыть", send: "Отправить", ok: "Хорошо", newest: "К последним",
    youAre: "Вы", block: "Блокировать", unblock: "Разблокировать", youBlocked: "Вы заблокировали этого бота.",
    offline: "Песочница не отвечает. Пробуем ещё раз…", editing: "Правка сообщения",
    placeholder: "Напишите сообщение…", placeholderStart: "Скажите что-нибудь…",
    whoAreYou: "Кто вы?", invent: "Кто-то новый", name: "Имя", username: "Имя пользователя", language: "Язык",
    becomeThem: "Говорить от этого лица", botName: "Имя", create: "Создать",
    newBotNote: "Песочница вместо BotFather: она выдаст токен, который работает только на этой машине.",
    tokenNote: "Вот токен. Дайте его своему боту, а адресом API укажите эту песочницу:",
    copied: "Скопировано", start: "Начать", typing: "печатает", editedMark: "изменено",
    heroHint: "Это песочница на вашей машине, без Telegram.", heroAs: "Вы говорите от лица: {name}.",
    noBots: "Ботов пока нет", noBotsHint: "Создайте бота здесь или запустите продукт: его демо-бот появится сам.",
    state_listening: "на связи", state_new: "ещё не запущен", state_silent: "не отвечает",
    state_webhook: "работает через webhook", state_revoked: "токен отозван",
    waiting: "Бот сейчас не слушает. Ваши слова его дождутся.",
    failed: "Не получилось: {reason}", edit: "Изменить", command: "Отправить {text}",
    unknownMessage: "сообщение другого вида ({kind})", noButtons: "Бот не ответил на это нажатие.",
    today: "Сегодня", yesterday: "Вчера", unread: "непрочитанных: {count}", person: "Сменить человека", begun: "уже знакомы", blocked: "Заблокирован",
    attach: "Приложить фото или файл", record: "Записать голосовое", recording: "Запись {time}", noMicrophone: "Микрофона нет, или доступ к нему не разрешён.",
    caption: "Добавьте подпись…", bio: "О себе", choosePhoto: "Выбрать фото", removePhoto: "Убрать фото", editPerson: "Изменить: {name}", saveAndTalk: "Сохранить и говорить",
    photo: "Фото", document: "Файл", voice: "Голосовое сообщение", video: "Видео", openPhoto: "Открыть фото", fileGone: "Этот файл больше не хранится.", save: "Сохранить",
    russian: "русский", english: "английский", anna: "Анна", max: "Максим",
  },
};

export const language = (navigator.language || "en").toLowerCase().startsWith("ru") ? "ru" : "en";

export function t(key, values = {}) {
  const text = TEXTS[language][key] ?? TEXTS.en[key] ?? key;
  return text.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
}

export function translate(root) {
  document.documentElement.lang = language;
  for (const node of root.querySelectorAll("[data-text]")) node.textContent = t(node.dataset.text);
  for (const node of root.querySelectorAll("[data-label]")) {
    node.setAttribute("aria-label", t(node.dataset.label));
    node.title = t(node.dataset.label);
  }
}

export function fileSize(bytes) {
  if (!Number.isFinite(bytes) || bytes < 0) return "";
  const power = bytes < 1000 ? 0 : bytes < 1e6 ? 1 : 2;
  const format = { style: "unit", unit: ["byte", "kilobyte", "megabyte"][power], unitDisplay: "short", maximumFractionDigits: power === 2 ? 1 : 0 };
  return new Intl.NumberFormat(language, format).format(bytes / 1000 ** power);
}

export function clockTime(seconds) {
  if (!Number.isFinite(seconds)) return "";
  const date = new Date(seconds * 1000);
  return Number.isNaN(date.getTime()) ? "" : date.toLocaleTimeString(language, { hour: "2-digit", minute: "2-digit" });
}

export function dayName(seconds) {
  const date = new Date((Number.isFinite(seconds) ? seconds : 0) * 1000);
  if (Number.isNaN(date.getTime())) return "";
  const midnight = (moment) => new Date(moment.getFullYear(), moment.getMonth(), moment.getDate()).getTime();
  const days = Math.round((midnight(new Date()) - midnight(date)) / 86400000);
  if (days === 0) return t("today");
  if (days === 1) return t("yesterday");
  return date.toLocaleDateString(language, { day: "numeric", month: "long", year: "numeric" });
}
