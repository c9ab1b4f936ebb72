import {
  provideVSCodeDesignSystem,
  vsCodeButton,
  vsCodeDivider,
  vsCodeLink,
} from '@vscode/webview-ui-toolkit';

/**
 * The only place that knows the toolkit: `vscode-button`, `vscode-divider` and `vscode-link`. Its badge and progress ring carry
 * style attributes, which the page's policy forbids.
 */
export function registerToolkit(): void {
  provideVSCodeDesignSystem().register(vsCodeButton(), vsCodeDivider(), vsCodeLink());
}
