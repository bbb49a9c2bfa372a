"use strict";
// A plan's form: only the fields that its method has, and what the plan would draw while it is being typed.

const percentOf = (share) => Math.round(100 * share) + "\u00a0%";
const spacedOf = (number) => String(number).replace(/\B(?=(\d{3})+$)/g, "\u00a0");
const dayOf = (iso) => iso.split("-").reverse().join(".");
const intervalOf = (low, high) => `${Math.round(100 * low)}\u2060–\u2060${percentOf(high)}`;
const filled = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name]);
const MOST_STRATA = 100;

// Fields -------------------------------------------------------------------------------------------------------
function shown(place, applies) {
  place.hidden = !applies;
  place.querySelectorAll("input, select").forEach((field) => { field.disabled = !applies; });
}

function settle(form) {
  const method = form.elements["content.method"].value;
  form.querySelectorAll("[data-for]").forEach((place) => shown(place, place.dataset.for.split(" ").includes(method)));
  const per = form.elements["content.per"];
  const none = per.querySelector('option[value=""]');
  none.disabled = method === "stratified";
  if (none.disabled && per.value === "") per.value = "agent";
  const grouped = !per.disabled && per.value !== "";
  shown(form.querySelector("[data-grouped]"), grouped);
  const amount = grouped ? form.querySelector("[data-amount]").value : "size";
  form.querySelectorAll("[data-of]").forEach((place) => shown(place, place.dataset.of === amount));
}

/** Tick one more value of a list that is too long to be shown whole. */
function add(place) {
  const field = place.querySelector("[data-add]");
  const value = field.value.trim();
  if (!value) return;
  const there = [...place.querySelectorAll("input[type=checkbox]")].find((box) => box.value === value);
  if (there) there.checked = true;
  else {
    const label = document.createElement("label");
    const box = Object.assign(document.createElement("input"), { type: "checkbox", name: place.dataset.picks, value, checked: true });
    const text = Object.assign(document.createElement("span"), { className: "wrap", textContent: value });
    label.className = "inline";
    label.append(box, " ", text);
    place.insertBefore(label, place.querySelector(".adding"));
  }
  field.value = "";
  field.focus();
  field.form.dispatchEvent(new Event("change"));
}

// Preview ------------------------------------------------------------------------------------------------------
function show(panel, found, content) {
  const there = found.population > 0;
  panel.querySelector("[data-problem]").textContent = "";
  panel.querySelector("[data-none]").hidden = there;
  panel.querySelector("[data-some]").hidden = !there;
  if (!there) return;
  const days = found.period_start === found.period_end ? dayOf(found.period_start) : `${dayOf(found.period_start)} – ${dayOf(found.period_end)}`;
  const interval = intervalOf(found.low, found.high);
  panel.querySelector("[data-days]").textContent = days;
  panel.querySelector("[data-population]").textContent = spacedOf(found.population);
  panel.querySelector("[data-planned]").textContent = spacedOf(found.planned);
  panel.querySelector("[data-interval]").textContent = interval;
  panel.querySelector("[data-larger]").hidden = !(content.size && found.planned > content.size);
  panel.querySelector("[data-all]").hidden = found.planned < found.population;
  const sentence = panel.querySelector("[data-sentence]");
  sentence.textContent = filled(sentence.dataset.sentence, { assumed: percentOf(found.assumed), interval });
  const band = panel.querySelector("svg .band");
  band.setAttribute("x", 100 * found.low);
  band.setAttribute("width", 100 * (found.high - found.low));
  band.ownerSVGElement.setAttribute("aria-label", sentence.textContent);
  showStrata(panel, found.strata, content.per);
}

/** No figures of an earlier plan beside one that cannot be drawn. */
function refuse(panel, why) {
  panel.querySelector("[data-problem]").textContent = why;
  for (const place of ["[data-none]", "[data-some]"]) panel.querySelector(place).hidden = true;
}

function showStrata(panel, strata, per) {
  const place = panel.querySelector("[data-strata]");
  place.hidden = !per;
  if (!per) return;
  const names = JSON.parse(panel.dataset.names)[per] ?? {};
  const without = JSON.parse(panel.dataset.without)[per];
  place.querySelector("tbody").replaceChildren(...strata.slice(0, MOST_STRATA).map((one) => {
    const row = document.createElement("tr");
    const name = Object.assign(document.createElement("th"), { scope: "row", className: "wrap", textContent: one.stratum === "" ? without : names[one.stratum] ?? one.stratum });
    if (per === "reason" && one.stratum !== "") name.lang = "pl";
    row.append(name);
    for (const text of [spacedOf(one.population), spacedOf(one.planned), intervalOf(one.low, one.high)]) {
      row.append(Object.assign(document.createElement("td"), { className: "number", textContent: text }));
    }
    return row;
  }));
  const more = place.querySelector("[data-more]");
  more.hidden = strata.length <= MOST_STRATA;
  more.textContent = filled(more.dataset.more, { shown: MOST_STRATA, all: spacedOf(strata.length) });
}

/** Ask what the plan would draw; an answer that a later question has overtaken is dropped. */
function previewing(form) {
  const panel = document.getElementById(form.dataset.preview);
  let asked = 0;
  let timer = null;
  async function ask() {
    const sound = [...form.elements].every((field) => field.name === "name" || field.checkValidity());
    if (!form.checkVisibility()) return;
    const number = ++asked;
    if (!sound) { refuse(panel, panel.dataset.unready); return; }
    const values = valuesOf(form);
    const content = form.dataset.content ? JSON.parse(form.dataset.content) : values.content;
    try {
      const found = await call("POST", "/api/v1/plans/preview", { content, day: values.day ?? form.dataset.day });
      if (number === asked) show(panel, found, content);
    } catch (problem) {
      if (number === asked) refuse(panel, problem.message);
    }
  }
  const later = () => { clearTimeout(timer); timer = setTimeout(ask, 350); };
  for (const name of ["input", "change"]) {
    form.addEventListener(name, () => {
      if (!form.dataset.content) settle(form);
      later();
    });
  }
  form.closest("details")?.addEventListener("toggle", later);
  if (!form.dataset.content) settle(form);
  ask();
}

document.querySelectorAll("form[data-preview]").forEach(previewing);
document.querySelectorAll("[data-picks]").forEach((place) => {
  place.querySelector("[data-add-button]").addEventListener("click", () => add(place));
  place.querySelector("[data-add]").addEventListener("keydown", (event) => {
    if (event.key === "Enter") { event.preventDefault(); add(place); }
  });
});
