"use strict";
// Listening to a conversation and finding one's way in it: the player, the course over time, the transcript that follows.

const listening = (() => {
  const byId = (id) => document.getElementById(id);
  const [player, sound, pane, seek] = ["player", "sound", "transcript", "seek"].map(byId);
  const turns = [...document.querySelectorAll(".turn")];
  const timed = turns.filter((turn) => turn.dataset.start).map((turn) => ({ turn, start: Number(turn.dataset.start), end: Number(turn.dataset.end) }));
  const lanes = [...document.querySelectorAll(".lanes")];
  const nows = [...document.querySelectorAll(".lanes .now")];
  const length = Number(lanes[0]?.dataset.length ?? 0);
  const still = matchMedia("(prefers-reduced-motion: reduce)");
  const kept = (name, value) => {
    try { if (value === undefined) return localStorage.getItem("odsluch-" + name); localStorage.setItem("odsluch-" + name, value); } catch { /* holds for this page only */ }
    return null;
  };
  let at = 0;
  let following = true;
  let ours = 0; // until when scrolling of the transcript is our own doing; as long as it goes on it stays so

  // The transcript ------------------------------------------------------------------------------------------
  /** Bring a place of the transcript into its pane; with `page`, the pane into the window too. */
  function show(element, page = false) {
    const box = element.getBoundingClientRect();
    const frame = pane.getBoundingClientRect();
    if (box.top < frame.top + 8 || box.bottom > frame.bottom - 8) {
      ours = performance.now() + 400;
      const way = box.top - frame.top - Math.max(0, (pane.clientHeight - box.height) / 3);
      const far = Math.abs(way) > 2 * pane.clientHeight; // nobody wants to watch a hundred turns fly by
      pane.scrollBy({ top: way, behavior: still.matches || far ? "instant" : "smooth" });
    }
    if (page && (frame.bottom < 120 || frame.top > innerHeight - 120)) pane.scrollIntoView({ block: "nearest" });
  }

  /** The turn that is said at a time, or the last one before it. */
  const turnAt = (second) => timed.findLast((one) => one.start <= second)?.turn ?? timed[0]?.turn;

  function follow(on) {
    following = on;
    byId("follow")?.setAttribute("aria-pressed", String(on));
    if (on && sound && !sound.paused) { const turn = turnAt(at); if (turn) show(turn); }
  }

  // Where the sound is --------------------------------------------------------------------------------------
  const clock = (second) => `${Math.floor(second / 60)}:${String(Math.floor(second % 60)).padStart(2, "0")}`;

  function paint() {
    const place = `${Math.min(100, 100 * at / length)}%`;
    nows.forEach((line) => { line.setAttribute("x1", place); line.setAttribute("x2", place); });
    if (!sound) return;
    byId("at").textContent = clock(at);
    seek?.setAttribute("aria-valuenow", Math.round(at));
    seek?.setAttribute("aria-valuetext", `${clock(at)} ${seek.dataset.of}`);
    const started = sound.currentTime > 0 || !sound.paused;
    for (const { turn, start, end } of timed) {
      const playing = started && start <= at && at < end;
      if (playing === turn.classList.contains("playing")) continue;
      turn.classList.toggle("playing", playing);
      if (playing) turn.setAttribute("aria-current", "true"); else turn.removeAttribute("aria-current");
      if (playing && following && !sound.paused) show(turn);
    }
  }

  function goTo(second, play = false) {
    at = Math.max(0, Math.min(length, second));
    if (sound) { sound.currentTime = at; if (play) start(); }
    paint();
  }

  async function start() {
    try { await sound.play(); } catch { /* the element's own event tells what is wrong */ }
  }

  function toggle() { if (sound.paused) start(); else sound.pause(); }

  /** The turn before or after the present one. */
  function step(by) {
    const here = timed.findLastIndex((one) => one.start <= at + 0.05);
    const target = timed[Math.max(0, Math.min(timed.length - 1, here + by))];
    if (!target) return;
    goTo(target.start);
    show(target.turn);
  }

  function speed(by) {
    const choice = byId("speed");
    choice.selectedIndex = Math.max(0, Math.min(choice.options.length - 1, choice.selectedIndex + by));
    setSpeed();
    byId("sound-state").textContent = choice.options[choice.selectedIndex].text;
  }

  function setSpeed() {
    const value = Number(byId("speed").value);
    sound.defaultPlaybackRate = sound.playbackRate = value; // loading sets the one back to the other
    kept("speed", byId("speed").value);
  }

  // The waveform --------------------------------------------------------------------------------------------
  async function waveform(tries = 4) {
    let found;
    try { found = await call("GET", player.dataset.waveform); }
    catch (problem) {
      if (problem.status === 503 && tries) setTimeout(waveform, 1500 * (5 - tries), tries - 1); // somebody else's is being drawn
      return; // the page is whole without it: who speaks when is there already
    }
    const [voices] = document.getElementsByClassName("voices");
    for (const lane of found.lanes) {
      for (const side of lane.speaker ? [lane.speaker] : ["agent", "customer"]) {
        const place = voices?.querySelector(`[data-lane="${side}"]`);
        if (!place) continue;
        const drawn = place.querySelector("svg");
        drawn.setAttribute("viewBox", `0 0 ${lane.levels.length} 200`);
        drawn.setAttribute("width", `${100 * found.seconds / length}%`);
        drawn.querySelector("path").setAttribute("d", outline(lane.levels));
        // one channel for both: each line shows what is heard while that side speaks
        if (!lane.speaker) place.setAttribute("clip-path", `url(#said-${side})`);
      }
    }
    voices?.classList.add("heard");
  }

  /** A closed line around the middle; quiet speech is lifted a little, as ears do it. */
  function outline(levels) {
    const high = levels.map((level) => Math.round(100 * (level / 100) ** 0.7));
    const upper = high.map((level, index) => `${index},${100 - level}`);
    const lower = high.map((level, index) => `${index},${100 + level}`).reverse();
    return `M${upper.join(" ")} ${lower.join(" ")}Z`;
  }

  // What is pressed -----------------------------------------------------------------------------------------
  function pointed(event) {
    const box = event.currentTarget.getBoundingClientRect();
    return Math.max(0, Math.min(1, (event.clientX - box.left) / box.width));
  }

  for (const lane of lanes) {
    lane.querySelector(".drawing").addEventListener("click", (event) => {
      const share = pointed(event);
      if (lane.dataset.unit === "turns") { show(turns[Math.min(turns.length - 1, Math.floor(share * length))], true); return; }
      goTo(share * length);
      const turn = turnAt(share * length);
      if (turn) show(turn, true);
    });
  }
  seek?.addEventListener("pointermove", (event) => { if (event.buttons === 1) goTo(pointed(event) * length); });
  seek?.addEventListener("keydown", (event) => {
    const target = { Home: 0, End: length, PageUp: at - 30, PageDown: at + 30, ArrowUp: at + 5, ArrowDown: at - 5 }[event.key];
    if (target === undefined) return;
    event.preventDefault();
    goTo(target);
  });
  document.querySelectorAll("[data-place]").forEach((button) => button.addEventListener("click", () => {
    const second = Number(button.dataset.place);
    goTo(Math.max(0, second - 1), !!sound); // a second earlier, to hear what it comes after
    const turn = turnAt(second);
    if (turn) show(turn, true);
  }));
  pane?.addEventListener("click", (event) => {
    const button = event.target.closest("[data-seek]");
    if (button) { goTo(Number(button.dataset.seek), true); return; }
    const turn = event.target.closest(".turn[data-start]");
    if (!sound || !turn || event.target.closest("a, button") || !getSelection().isCollapsed) return;
    goTo(Number(turn.dataset.start));
  });
  const goesElsewhere = () => { if (sound && !sound.paused && following) follow(false); };
  pane?.addEventListener("scroll", () => {
    if (performance.now() > ours) goesElsewhere(); else ours = Math.max(ours, performance.now() + 200);
  }, { passive: true });
  for (const name of ["wheel", "touchmove"]) pane?.addEventListener(name, goesElsewhere, { passive: true });

  // one stop of the Tab key for all times: arrows go from one to the next
  const times = [...(pane?.querySelectorAll("[data-seek]") ?? [])];
  times.forEach((button, index) => { button.tabIndex = index ? -1 : 0; });
  pane?.addEventListener("keydown", (event) => {
    const here = times.indexOf(event.target);
    const next = here < 0 ? undefined : { ArrowDown: here + 1, ArrowUp: here - 1, Home: 0, End: times.length - 1 }[event.key];
    if (next === undefined) return;
    event.preventDefault();
    (times[next] ?? times[here]).focus();
  });
  pane?.addEventListener("focusin", (event) => {
    if (times.includes(event.target)) times.forEach((button) => { button.tabIndex = button === event.target ? 0 : -1; });
  });

  document.querySelectorAll("[data-layer]").forEach((box) => {
    const name = "without-" + box.dataset.layer;
    box.checked = (kept(name) ?? ("shown" in box.dataset ? "0" : "1")) === "0";
    const hide = () => pane.classList.toggle(name, !box.checked);
    box.addEventListener("change", () => { hide(); kept(name, box.checked ? "0" : "1"); });
    hide();
  });

  // Keys ----------------------------------------------------------------------------------------------------
  const typing = (target) => /^(TEXTAREA|SELECT)$/.test(target.tagName) || (target.tagName === "INPUT" && !["radio", "checkbox"].includes(target.type));
  const pressable = (target) => !!target.closest("a, button, summary, select, input");
  const keys = byId("keys");
  if (keys) {
    keys.checked = kept("keys") !== "0";
    keys.addEventListener("change", () => kept("keys", keys.checked ? "1" : "0"));
  }
  // whoever dictates or slips often can switch single keys off: nothing but the browser's own meaning is left then
  document.addEventListener("keydown", (event) => {
    if (keys && !keys.checked && event.key.length === 1 && !typing(event.target)) event.stopPropagation();
  }, true);
  document.addEventListener("keydown", (event) => {
    if (!sound || typing(event.target) || event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    const radio = event.target.type === "radio";
    const act = {
      " ": () => !pressable(event.target) && toggle,
      ArrowLeft: () => !radio && (() => (event.shiftKey ? step(-1) : goTo(at - 5))),
      ArrowRight: () => !radio && (() => (event.shiftKey ? step(1) : goTo(at + 5))),
      "-": () => () => speed(-1), "+": () => () => speed(1), "=": () => () => speed(1),
      f: () => () => follow(!following), F: () => () => follow(!following),
    }[event.key]?.();
    if (!act) return;
    event.preventDefault();
    act();
  });

  // what the pointer has pressed lets the focus go, so that space plays again; keys keep it
  document.addEventListener("click", (event) => {
    if (event.pointerType && document.activeElement.matches(".desk :is(button, summary, [role=slider], [type=radio], [type=checkbox])")) document.activeElement.blur();
  });

  // The player ----------------------------------------------------------------------------------------------
  if (sound) {
    const play = byId("play");
    const state = byId("sound-state");
    const told = () => {
      play.classList.toggle("on", !sound.paused);
      play.lastElementChild.textContent = sound.paused ? player.dataset.play : player.dataset.pause;
      paint();
    };
    play.addEventListener("click", toggle);
    byId("follow").addEventListener("click", () => follow(!following));
    byId("speed").value = kept("speed") ?? "1";
    if (byId("speed").selectedIndex < 0) byId("speed").value = "1";
    setSpeed();
    byId("speed").addEventListener("change", setSpeed);
    player.querySelectorAll("[data-skip]").forEach((button) => button.addEventListener("click", () => goTo(at + Number(button.dataset.skip))));
    for (const name of ["play", "pause", "ended"]) sound.addEventListener(name, told);
    sound.addEventListener("timeupdate", () => { at = sound.currentTime; paint(); });
    sound.addEventListener("waiting", () => { state.textContent = player.dataset.loading; });
    sound.addEventListener("playing", () => { state.textContent = ""; byId("sound-problem").textContent = ""; });
    sound.addEventListener("error", () => { state.textContent = ""; byId("sound-problem").textContent = player.dataset.broken; });
    waveform();
  }

  return { show, goTo, follow, isFollowing: () => following, isPlaying: () => !!sound && !sound.paused };
})();
