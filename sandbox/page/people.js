// The people one can be: two ready ones, whoever was invented in this browser, and whoever the bot has met.
import { language, t } from "/sandbox/texts.js";

const KEY = "relove.sandbox.people";
const CURRENT = "relove.sandbox.person";

const ready = () => [
  { id: 100001, name: t("anna"), username: "anna", language },
  { id: 100002, name: t("max"), username: "max_k", language: language === "ru" ? "en" : "ru" },
];

function stored(key, fallback) {
  try {
    return JSON.parse(localStorage.getItem(key)) ?? fallback;
  } catch {
    return fallback;
  }
}

function store(key, value) {
  try {
    localStorage.setItem(key, JSON.stringify(value));
  } catch {
    // A browser that keeps nothing still lets one talk.
  }
}

export function allPeople(met = []) {
  const people = new Map(ready().map((person) => [person.id, person]));
  for (const person of stored(KEY, [])) people.set(person.id, person);
  for (const user of met) {
    const known = people.get(user.id);
    people.set(user.id, known ?? { id: user.id, name: user.first_name, username: user.username, language: user.language_code });
  }
  return [...people.values()];
}

export function currentPerson() {
  const people = allPeople();
  return people.find((person) => person.id === stored(CURRENT, null)) ?? people[0];
}

export function become(person) {
  const others = stored(KEY, []).filter((known) => known.id !== person.id);
  store(KEY, [...others, person].slice(-50));
  store(CURRENT, person.id);
}

export const inventedId = () => 100000 + Math.floor(Math.random() * 899_000_000);
