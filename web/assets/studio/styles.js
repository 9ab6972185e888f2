// CodeMirror, in which the editors' text boxes are, under the page's content policy.
import { StyleModule } from 'style-mod';

/** Its text boxes write style sheets into the page, which lets in those with its nonce only. */
export function signStyles() {
  const { nonce } = document.querySelector('script[nonce]') || {};
  const mount = StyleModule.mount;
  StyleModule.mount = (root, modules, options) => mount(root, modules, { nonce, ...options });
}
