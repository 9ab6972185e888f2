// A slider beside the number that it stands for. Without this script the number is there alone.
export function startSlider(slider) {
  const number = document.getElementById(slider.dataset.pepwayMirrors);
  slider.hidden = false;
  slider.addEventListener('input', () => { number.value = slider.value; });
  number.addEventListener('input', () => { slider.value = number.value; });
}
