"use strict";
// 1:1s: the draft saves itself and is never lost, moments are picked from the page, agreements, printing.

document.querySelector("[data-print]")?.addEventListener("click", () => print());

const draft = document.getElementById("draft");
const agree = document.getElementById("agree");
const shown = document.getElementById("chosen");
const fields = draft ? [...draft.querySelectorAll("[data-keep]")] : [];
const base = draft ? `odsluch-kept-version:${account}:${draft.dataset.agent}` : "";
let saved = "";
let timer = null;
let running = Promise.resolve(true);

const field = (name) => draft.elements[name];
const said = (text) => { document.getElementById("saving").textContent = text; };
const trouble = (text) => { document.getElementById("problem").textContent = text; };
const place = (moment) => JSON.stringify([moment.conversation_id, moment.turn, moment.start, moment.end]);

// Moments ------------------------------------------------------------------------------------------------------
const moments = () => JSON.parse(field("moments").value);

/** Moments as the server gives them, in one order of keys, so that equal ones are equal texts. */
function canonical(list) {
  return JSON.stringify(list.map(({ conversation_id, turn, start, end, comment }) => ({ conversation_id, turn, start, end, comment: comment ?? "" })));
}

function setMoments(list) {
  field("moments").value = canonical(list);
  field("moments").dispatchEvent(new Event("input", { bubbles: true }));
  showMoments();
}

function showMoments() {
  const list = moments();
  shown.replaceChildren(...list.map(momentRow));
  document.getElementById("no-moments").hidden = list.length > 0;
}

function momentRow(moment, index) {
  const row = document.getElementById("moment-row").content.firstElementChild.cloneNode(true);
  const source = [...document.querySelectorAll("[data-moment]")].find((one) => place(JSON.parse(one.dataset.moment)) === place(moment));
  const known = source?.content ?? source;
  const link = row.querySelector("a");
  if (known) link.replaceWith(known.querySelector("a").cloneNode(true));
  else { link.href = `/conversations/${encodeURIComponent(moment.conversation_id)}#turn-${moment.turn}`; link.textContent = moment.conversation_id; }
  const quote = known?.querySelector("blockquote");
  if (quote) row.querySelector("blockquote").replaceWith(quote.cloneNode(true)); else row.querySelector("blockquote").remove();
  const comment = row.querySelector("textarea");
  comment.value = moment.comment;
  comment.addEventListener("input", () => {
    const list = moments();
    list[index].comment = comment.value;
    field("moments").value = canonical(list);
    field("moments").dispatchEvent(new Event("input", { bubbles: true }));
  });
  row.querySelector("[data-remove]").addEventListener("click", () => {
    setMoments(moments().filter((_, at) => at !== index));
    (shown.querySelectorAll("[data-remove]")[index] ?? field("notes")).focus();
  });
  return row;
}

function addMoment(moment) {
  const list = moments();
  if (list.some((one) => place(one) === place(moment))) return;
  if (list.length >= Number(draft.dataset.most)) { trouble(draft.dataset.full); return; }
  setMoments([...list, moment]);
}

/** Put a text on a line of its own at the end of a field. */
function append(to, text) {
  if (to.value.split("\n").includes(text)) return;
  to.value = to.value.trim() ? `${to.value.trimEnd()}\n${text}` : text;
  to.dispatchEvent(new Event("input", { bubbles: true }));
}

// Saving -------------------------------------------------------------------------------------------------------
function content() {
  return {
    strengths: field("strengths").value.split("\n").map((line) => line.trim()).filter(Boolean),
    point: field("point").value, moments: moments(), notes: field("notes").value,
  };
}

function later() { clearTimeout(timer); timer = setTimeout(save, 900); }

/** Save what has changed; resolves to whether the server has it all. `begin` makes a draft even of nothing. */
function save(begin = false) {
  clearTimeout(timer);
  running = running.then(() => send(begin));
  return running;
}

async function send(begin) {
  const sent = content();
  const typed = new Map(fields.map((one) => [one, one.value]));
  if (JSON.stringify(sent) === saved && (draft.dataset.id || !begin)) return true;
  said(draft.dataset.saving);
  try {
    const version = draft.dataset.version === "" ? null : Number(draft.dataset.version);
    const answer = await call("PUT", "/api/v1/coaching/draft?agent=" + encodeURIComponent(draft.dataset.agent), { ...sent, version });
    Object.assign(draft.dataset, { id: answer.id, version: answer.version });
    saved = JSON.stringify(sent);
    kept(typed);
    said(draft.dataset.saved);
    trouble("");
    return true;
  } catch (problem) {
    said(problem.offline ? draft.dataset.unsaved : "");
    if (problem.offline) timer = setTimeout(save, 5000); else trouble(problem.message);
    return false;
  }
}

/** What has reached the server is no longer kept here; what was typed meanwhile belongs to the new version. */
function kept(typed) {
  try {
    for (const [one, value] of typed) if (one.value === value) localStorage.removeItem(keptName(one));
    localStorage.setItem(base, draft.dataset.version);
  } catch { /* nothing kept */ }
}

// What comes back ----------------------------------------------------------------------------------------------
/** Text from before a lost connection; it never covers what somebody has saved since. */
function broughtBack(event) {
  const one = event.target;
  let seen = null;
  try { seen = localStorage.getItem(base); } catch { /* nothing kept */ }
  if (seen === draft.dataset.version) { if (one.name === "moments") showMoments(); later(); return; }
  const typed = one.value;
  one.value = one.defaultValue;
  if (one.name === "moments") { showMoments(); JSON.parse(typed).forEach(addMoment); return; }
  const box = document.getElementById("unsent").content.firstElementChild.cloneNode(true);
  box.querySelector("blockquote").textContent = typed;
  box.querySelector("[data-append]").addEventListener("click", () => { box.remove(); append(one, typed); one.focus(); });
  box.querySelector("[data-drop]").addEventListener("click", () => {
    box.remove();
    try { localStorage.removeItem(keptName(one)); } catch { /* nothing kept */ }
    one.focus();
  });
  one.closest("label").after(box);
}

// Agreeing and holding -----------------------------------------------------------------------------------------
/** Add what stands in the form to what was agreed; resolves to whether it is there. */
async function addAgreed() {
  const error = agree.querySelector(".form-error");
  const given = valuesOf(agree);
  if (!await save(true)) return false;
  try {
    const answer = await call("POST", `/api/v1/coaching/${draft.dataset.id}/actions`, given);
    const row = document.getElementById("action-row").content.firstElementChild.cloneNode(true);
    row.querySelector("b").textContent = answer.text;
    row.querySelector("span").textContent = [answer.due_on.split("-").reverse().join("."), answer.criterion_name].filter(Boolean).join(" · ");
    document.getElementById("actions").append(row);
    forgetTyped(agree);
    agree.reset();
    error.textContent = "";
    return true;
  } catch (problem) { error.textContent = problem.message; return false; }
}

async function agreed(event) {
  event.preventDefault();
  if (await addAgreed()) agree.elements.text.focus();
}

/** What was typed as agreed but not added yet: a 1:1 that is held cannot take it any more. */
const typedAgreement = () => agree.elements.text.value.trim() !== "";

async function hold() {
  if (typedAgreement() && !(agree.reportValidity() && await addAgreed())) return;
  if (!await save(true) || !confirm(draft.dataset.sure)) return;
  try {
    const held = await call("POST", `/api/v1/coaching/${draft.dataset.id}/hold`, { version: Number(draft.dataset.version) });
    forgetTyped(draft);
    try { localStorage.removeItem(base); } catch { /* nothing kept */ }
    location.assign("/coaching/" + held.id);
  } catch (problem) { trouble(problem.message); }
}

// Starting -----------------------------------------------------------------------------------------------------
if (draft) {
  field("moments").value = field("moments").defaultValue = canonical(moments());
  saved = JSON.stringify(content());
  // a save that arrived although its page was gone left copies behind
  try { for (const one of fields) if (localStorage.getItem(keptName(one)) === one.value) localStorage.removeItem(keptName(one)); } catch { /* nothing kept */ }
  showMoments();
  draft.addEventListener("input", () => {
    try { localStorage.setItem(base, draft.dataset.version); } catch { /* nowhere to keep it */ }
    later();
  });
  draft.addEventListener("broughtback", broughtBack);
  draft.addEventListener("submit", (event) => event.preventDefault());
  agree.addEventListener("submit", agreed);
  document.getElementById("hold").addEventListener("click", hold);
  document.querySelectorAll("[data-add]").forEach((button) => button.addEventListener("click", () => addMoment({ ...JSON.parse(button.closest("[data-moment]").dataset.moment), comment: "" })));
  document.querySelectorAll("[data-into]").forEach((button) => button.addEventListener("click", () => append(field(button.dataset.into), button.dataset.text)));
}
