"use strict";
// What pages for judging a conversation share: criteria by keyboard, drafts that save themselves. The page's own script
// fills `judging`; listening.js has the sound.

const card = document.getElementById("scorecard");
const criteria = [...document.querySelectorAll(".criterion")];
const writable = card && document.getElementById("finish");
let current = -1;

const judging = {
  send: null, // sends what has changed; resolves to an answer with `version` and `status`
  arrive: () => {}, // a criterion became the current one
  chosen: () => {}, // a criterion got another outcome
  key: () => {}, // a key that is not known here
};

// Drafts -----------------------------------------------------------------------------------------------------
const pending = { outcomes: {}, comments: {} };
const undone = [];
let timer = null;
let running = Promise.resolve();

const chosen = (criterion) => criterion.querySelector("input:checked")?.value ?? null;
function said(text, refused = false) {
  const place = document.getElementById("saving");
  place.textContent = text;
  place.classList.toggle("refused", refused);
}
const trouble = (text) => { document.getElementById("problem").textContent = text; };

function later() { clearTimeout(timer); timer = setTimeout(save, 700); }

/** Send what has changed; changes made meanwhile go with the next one. Nothing is lost when it fails. */
function save() {
  clearTimeout(timer);
  running = running.then(send);
  return running;
}
async function send() {
  const sent = { outcomes: pending.outcomes, comments: pending.comments, comment: pending.comment };
  if (!Object.keys(sent.outcomes).length && !Object.keys(sent.comments).length && sent.comment === undefined) return true;
  Object.assign(pending, { outcomes: {}, comments: {} });
  delete pending.comment;
  said(card.dataset.saving);
  try {
    const answer = await judging.send(sent);
    Object.assign(card.dataset, { version: answer.version, status: answer.status });
    forgetSent(sent);
    said(card.dataset.saved);
    trouble("");
    return true;
  } catch (problem) {
    pending.outcomes = { ...sent.outcomes, ...pending.outcomes };
    pending.comments = { ...sent.comments, ...pending.comments };
    pending.comment ??= sent.comment;
    if (pending.comment === undefined) delete pending.comment;
    if (problem.status === 401) keepChoices();
    else said(problem.offline ? card.dataset.unsaved : problem.message, true); // at the head, which is always in sight
    if (problem.offline) timer = setTimeout(save, 5000);
    return false;
  }
}

// A session that has ended takes people to the sign-in: their outcomes that were not saved come back with them, as comments do.
const keptChoices = () => `odsluch-kept-choices:${account}:${location.pathname}${location.search}`;
function keepChoices() {
  try { localStorage.setItem(keptChoices(), JSON.stringify(pending.outcomes)); } catch { /* nowhere to keep them */ }
  pending.outcomes = {};
}
function bringBackChoices() {
  let kept = null;
  try { kept = localStorage.getItem(keptChoices()); localStorage.removeItem(keptChoices()); } catch { /* nothing kept */ }
  for (const [name, value] of Object.entries(JSON.parse(kept ?? "{}"))) {
    const criterion = criteria.find((one) => one.dataset.criterion === name);
    if (criterion) choose(criterion, value);
  }
}

/** Before finishing: whether all is saved; what stands in the way is said beside the button too. */
async function allSaved() {
  const done = await save();
  if (!done) trouble(document.getElementById("saving").textContent);
  return done;
}

/** Finishing was refused: say why, and go to the first criterion without an outcome, or else without a comment that it needs. */
function unfinished(problem) {
  trouble(problem.message);
  const silent = (criterion) => "critical" in criterion.dataset && chosen(criterion) === "fail" && !criterion.querySelector("[data-comment]").value.trim();
  const lacking = criteria.find((criterion) => !chosen(criterion)) ?? criteria.find(silent);
  if (problem.status !== 422 || !lacking) return;
  goTo(criteria.indexOf(lacking));
  tell(card.dataset.lacking); // the words above the button may be scrolled away
}

/** What has reached the server is no longer kept here, where it could come back over something newer. */
function forgetSent(sent) {
  card.querySelectorAll("[data-keep]").forEach((field) => {
    const text = field.id === "whole" ? sent.comment : sent.comments[field.dataset.keep];
    if (text !== field.value) return;
    try { localStorage.removeItem(keptName(field)); } catch { /* nothing kept */ }
  });
}

function choose(criterion, value, remember = true) {
  const before = criterion.dataset.last ?? "";
  if (remember) undone.push([criterion, before]);
  criterion.querySelectorAll("input[type=radio]").forEach((radio) => { radio.checked = radio.value === value; });
  criterion.dataset.last = value ?? "";
  pending.outcomes[criterion.dataset.criterion] = value || null;
  judging.chosen(criterion);
  later();
}

if (writable) {
  criteria.forEach((criterion, index) => {
    criterion.dataset.last = chosen(criterion) ?? "";
    criterion.addEventListener("change", (event) => { if (event.target.type === "radio") { goToQuietly(index); choose(criterion, event.target.value); } });
    criterion.querySelector("[data-undo]").addEventListener("click", () => choose(criterion, null));
    for (const name of ["input", "broughtback"]) {
      criterion.querySelector("[data-comment]").addEventListener(name, (event) => {
        pending.comments[criterion.dataset.criterion] = event.target.value;
        later();
      });
    }
  });
  const whole = document.getElementById("whole");
  for (const name of ["input", "broughtback"]) whole.addEventListener(name, () => { pending.comment = whole.value; later(); });
  addEventListener("beforeunload", (event) => { if (Object.keys(pending.outcomes).length) event.preventDefault(); });
  document.addEventListener("DOMContentLoaded", bringBackChoices);
}

// Keys -------------------------------------------------------------------------------------------------------
let answered = null; // the criterion that a key has just answered: a comment typed next belongs to it

function goToQuietly(index) {
  answered = null;
  criteria[current]?.classList.remove("current");
  current = index;
  criteria[current].classList.add("current");
}

function goTo(index) {
  if (!criteria.length) return;
  goToQuietly(Math.max(0, Math.min(criteria.length - 1, index)));
  criteria[current].scrollIntoView({ block: "nearest" });
  judging.arrive(criteria[current]);
}

/** Answer the current criterion by key and go on to the next one. */
function answer(value) {
  const criterion = criteria[current];
  choose(criterion, value);
  goTo(current + 1);
  answered = criterion;
}

/** Out of a text; from a comment on what was answered by key to the criterion that comes next. */
function leaveText(field) {
  const criterion = field.closest("[data-criterion]");
  field.blur();
  if (criterion && criterion.hasAttribute("data-answered")) goTo(criteria.indexOf(criterion) + 1);
  criterion?.removeAttribute("data-answered");
}

function comment() {
  const criterion = answered ?? criteria[current];
  criterion.toggleAttribute("data-answered", answered !== null);
  criterion.querySelector("[data-comment]").focus();
}

/** The answer that a key stands for: with a scale the number of a level. */
function answerOf(criterion, key) {
  const top = criterion.dataset.top;
  if (key === "n") return "na";
  if (top === undefined) return { 1: "pass", 2: "fail", 3: "na" }[key];
  return /^[0-9]$/.test(key) && key <= top ? key : null;
}

document.addEventListener("keydown", (event) => {
  const typing = /^(TEXTAREA|SELECT)$/.test(event.target.tagName) || (event.target.tagName === "INPUT" && event.target.type !== "radio");
  if (event.key === "Escape" && typing) { leaveText(event.target); return; }
  if (typing || event.ctrlKey || event.metaKey || event.altKey) return;
  const key = event.key.toLowerCase();
  if (key === "j") return goTo(current + 1);
  if (key === "k") return goTo(current - 1);
  if (!writable) return;
  if (key === "u" && undone.length) { const [criterion, before] = undone.pop(); choose(criterion, before || null, false); return; }
  const given = current >= 0 ? answerOf(criteria[current], key) : null;
  if (given) { answer(given); return; }
  if (key === "c" && current >= 0) { event.preventDefault(); comment(); return; }
  judging.key(key, event);
});
