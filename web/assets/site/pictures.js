// Opens a wide picture where the case is; without this file it opens at its left end.
export function startPicture(frame) {
  const node = frame.querySelector('.pepway-diagram__node--late, .pepway-diagram__node--here');
  if (!node || location.hash) return;
  const at = node.getBoundingClientRect();
  frame.scrollLeft += at.left + at.width / 2 - frame.getBoundingClientRect().left - frame.clientWidth / 2;
}
