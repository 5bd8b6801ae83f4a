// Search: nodes by name, symbol or op, one after the other.
let found = [], foundAt = -1;
const searchText = (i) => [symbolOf(i), nodes[i].name, nodes[i].op].join("\n").toLowerCase();
function search(text) {
  const wanted = text.trim().toLowerCase();
  const names = [...nodes.keys()].filter((i) => wanted && nodes[i].kind !== "number" && !isPart(i) && searchText(i).includes(wanted));
  // Those that are called so come before those that contain it.
  const rank = (i) => (symbolOf(i).toLowerCase() === wanted ? 0 : nodes[i].name.toLowerCase().endsWith(wanted) ? 1 : 2);
  found = names.sort((a, b) => rank(a) - rank(b));
  foundAt = -1;
  tellFound();
}
function tellFound() {
  const text = byId("search").value.trim() === "" ? "" : !found.length ? "none" : foundAt < 0 ? `${found.length}, press Enter` : `${foundAt + 1} of ${found.length}`;
  byId("search-count").textContent = text;
}
function goToFound(direction) {
  if (!found.length) return;
  foundAt = (foundAt + direction + found.length) % found.length;
  const i = found[foundAt];
  showNode(i);
  jumpTo(i);
  tellFound();
}
// Opens the groups that hold a node.
function showNode(i) {
  const around = groupsAround(groupOf[i]);
  if (views.length === 1) change({ closed: new Set([...state.closed].filter((group) => !around.includes(group))) });
  else change({ view: views.findIndex((view) => view.group === groupOf[i]) });
}
