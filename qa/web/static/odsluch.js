"use strict";
// Forms that speak to the API, messages, language, theme. No library, nothing from elsewhere.

const formToken = () => document.querySelector('meta[name="form-token"]').content;

/** Call the API; resolves to the answer, throws an Error whose message can be shown. */
async function call(method, address, body, token = formToken()) {
  let response;
  try {
    response = await fetch(address, {
      method,
      headers: { "X-Odsluch-Form": token, ...(body === undefined ? {} : { "Content-Type": "application/json" }) },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
  } catch {
    const error = new Error(document.documentElement.lang === "en"
      ? "No connection. What you typed is kept; try again." : "Brak połączenia. To, co wpisano, zostało zachowane; spróbuj ponownie.");
    error.offline = true;
    throw error;
  }
  if (response.status === 401 && token !== "sign-in") {
    location.assign("/login?ended=true&next=" + encodeURIComponent(location.pathname + location.search));
    throw Object.assign(new Error("401"), { status: 401 });
  }
  const answer = response.headers.get("content-type")?.includes("json") ? await response.json() : null;
  if (!response.ok) {
    const error = new Error(answer?.error?.message ?? String(response.status));
    error.status = response.status;
    throw error;
  }
  return answer;
}

function tell(message) {
  const place = document.getElementById("told");
  place.textContent = message;
  clearTimeout(tell.timer);
  tell.timer = setTimeout(() => { place.textContent = ""; }, 6000);
}

/** The form's values as JSON: `name[]` is a list, numbers are numbers, empty is null unless `data-text`. */
function valuesOf(form) {
  const found = {};
  for (const field of form.elements) {
    if (!field.name || field.disabled) continue;
    const list = field.name.endsWith("[]");
    const name = list ? field.name.slice(0, -2) : field.name;
    if (list) found[name] ??= [];
    if (field.type === "checkbox") {
      if (list) { if (field.checked) found[name].push(field.value); } else found[name] = field.checked;
      continue;
    }
    if (field.type === "radio") { if (field.checked) found[name] = field.value; continue; }
    let value = field.value;
    if (field.type === "number") value = value === "" ? null : Number(value);
    else if (value === "" && !("text" in field.dataset)) value = null;
    if (list) { if (value !== null) found[name].push(value); } else found[name] = value;
  }
  return nested(found);
}

/** `a.b` becomes a value inside `a`. */
function nested(flat) {
  const found = {};
  for (const [name, value] of Object.entries(flat)) {
    const parts = name.split(".");
    let place = found;
    for (const part of parts.slice(0, -1)) place = place[part] ??= {};
    place[parts.at(-1)] = value;
  }
  return found;
}

/** Go to a page. The one that is open is loaded anew, which an address with a `#` alone would not do. */
function goOn(address) {
  const next = new URL(address || location.href, location.href);
  const open = new URL(location.href);
  if (!next.hash || next.pathname + next.search !== open.pathname + open.search) { location.assign(next); return; }
  history.replaceState(null, "", next);
  location.reload();
}

/** One run at a time, and none while the next page is on its way: `work` resolves to true when it leads there. */
function once(work) {
  let busy = false;
  addEventListener("pageshow", () => { busy = false; });
  return async (...given) => {
    if (busy) return;
    busy = true;
    try { busy = await work(...given) === true; } catch (problem) { busy = false; throw problem; }
  };
}

async function submitted(event) {
  const form = event.target;
  if (!form.dataset.api) return;
  event.preventDefault();
  if (form.dataset.sent) return;
  if (form.dataset.confirm && !confirm(form.dataset.confirm)) return;
  const [method, address] = form.dataset.api.split(" ");
  const error = form.querySelector(".form-error");
  const buttons = form.querySelectorAll("button");
  buttons.forEach((button) => { button.disabled = true; });
  try {
    const answer = await call(method, address, valuesOf(form), "before" in form.dataset ? "sign-in" : undefined);
    forgetTyped(form);
    const next = (form.dataset.next ?? "").replace(/\{(\w+)\}/g, (_, name) => encodeURIComponent(answer?.[name] ?? ""));
    if (form.dataset.next !== undefined) { form.dataset.sent = "true"; goOn(next); }
    else form.dispatchEvent(new CustomEvent("done", { detail: answer, bubbles: true }));
  } catch (problem) {
    if (error) error.textContent = problem.message; else tell(problem.message);
  } finally {
    buttons.forEach((button) => { button.disabled = false; });
  }
}

// What is typed into fields with `data-keep` outlives a lost connection or a closed window.
const account = document.querySelector('meta[name="account"]').content;
const keptName = (field) => `odsluch-kept:${account}:${location.pathname}:${field.dataset.keep}`;
function forgetEverybody() {
  try { Object.keys(localStorage).filter((name) => name.startsWith("odsluch-kept")).forEach((name) => localStorage.removeItem(name)); } catch { /* nothing kept */ }
}
function keepTyped(field) {
  try { localStorage.setItem(keptName(field), field.value); } catch { /* nowhere to keep it */ }
}
function forgetTyped(scope) {
  scope.querySelectorAll("[data-keep]").forEach((field) => {
    try { localStorage.removeItem(keptName(field)); } catch { /* nothing kept */ }
  });
}
function bringBackTyped() {
  document.querySelectorAll("[data-keep]").forEach((field) => {
    let kept = null;
    try { kept = localStorage.getItem(keptName(field)); } catch { /* nothing kept */ }
    if (kept !== null && kept !== field.value) {
      field.value = kept;
      field.dispatchEvent(new CustomEvent("broughtback", { bubbles: true }));
    }
  });
}

document.addEventListener("submit", submitted);
addEventListener("pageshow", () => document.querySelectorAll("form[data-sent]").forEach((form) => { delete form.dataset.sent; }));
document.addEventListener("input", (event) => { if (event.target.dataset?.keep) keepTyped(event.target); });
document.addEventListener("click", async (event) => {
  const button = event.target.closest("button");
  if (!button) return;
  try {
    if ("signOut" in button.dataset) { await call("POST", "/api/v1/sign-out"); forgetEverybody(); location.assign("/login"); }
    if (button.dataset.language) { await call("PUT", "/api/v1/me/language", { language: button.dataset.language }); location.reload(); }
    if ("themeSwitch" in button.dataset) switchTheme();
  } catch (problem) { tell(problem.message); }
});

function switchTheme() {
  const root = document.documentElement;
  const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  root.dataset.theme = dark ? "light" : "dark";
  try { localStorage.setItem("odsluch-theme", root.dataset.theme); } catch { /* holds for this page only */ }
}

document.addEventListener("DOMContentLoaded", bringBackTyped);
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") document.querySelectorAll("details.me[open]").forEach((menu) => { menu.open = false; });
});
