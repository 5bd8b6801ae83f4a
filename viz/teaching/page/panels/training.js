// Along training: the loss at each snapshot, and a slider through them.
function drawTraining() {
  byId("training").hidden = moments.length < 2;
  if (moments.length < 2) return;
  const losses = moments.map((m) => m.loss), at = moments.map((m) => m.step);
  // Snapshots stand at equal distances, as the slider below has them.
  const width = 300, height = 40, margin = 4, low = Math.min(...losses), high = Math.max(...losses);
  const x = (m) => margin + (m / (moments.length - 1)) * (width - 2 * margin);
  const y = (m) => height - margin - ((losses[m] - low) / (high - low || 1)) * (height - 2 * margin);
  fill(byId("curve"), { viewBox: `0 0 ${width} ${height}`, preserveAspectRatio: "none" });
  byId("curve").setAttribute("aria-label", `Loss along training: ${numberText(losses[0])} at step ${at[0]}, ${numberText(losses[losses.length - 1])} at step ${at[at.length - 1]}`);
  byId("curve").replaceChildren(makeSvg("polyline", { points: losses.map((_, m) => `${x(m)},${y(m)}`).join(" ") }),
    makeSvg("line", { x1: x(state.moment), x2: x(state.moment), y1: 0, y2: height }), makeSvg("path", { class: "now", d: `M${x(state.moment)},${y(state.moment)}h0.01` }));
  const slider = byId("moment");
  slider.max = moments.length - 1;
  slider.value = state.moment;
  slider.setAttribute("aria-valuetext", `training step ${moment().step}, loss ${numberText(moment().loss)}`);
  byId("moment-step").textContent = moment().step;
  byId("moment-loss").textContent = `loss ${numberText(moment().loss)}`;
}
renderers.push(drawTraining);
