"use strict";
// Blind judging in a calibration: every saving replaces the draft as a whole.

const address = `/api/v1/calibrations/${card.dataset.calibration}/judgement?conversation=${encodeURIComponent(card.dataset.conversation)}`;

const judged = () => Object.fromEntries(criteria.map((criterion) => [
  criterion.dataset.criterion,
  { outcome: chosen(criterion), comment: criterion.querySelector("[data-comment]").value },
]));

const keep = (finish) => call("PUT", address, {
  criteria: judged(), comment: document.getElementById("whole").value, version: Number(card.dataset.version), finish,
});

function count() {
  const left = document.getElementById("left");
  left.textContent = criteria.filter((criterion) => !chosen(criterion)).length;
}

judging.send = async () => {
  const answer = await keep(false);
  count();
  return answer;
};

async function finish() {
  if (!await allSaved()) return false;
  try {
    await keep(true);
    forgetTyped(card);
    goOn(card.dataset.next);
    return true;
  } catch (problem) { unfinished(problem); return false; }
}

if (writable) {
  document.getElementById("finish").addEventListener("click", once(finish));
  criteria.forEach((criterion) => criterion.addEventListener("change", count));
  count();
}
