import type * as vscode from 'vscode';
import { isId } from '../model/ids.ts';
import type { ProfileChoice } from '../protocol/hub.ts';
import { memoryKeys } from './ids.ts';
import { isEmptyWindow, userName } from './identity.ts';

/**
 * The profile that was chosen in this window. It is kept with the workspace; a window without folders keeps it for as long as it
 * lives. A window in which nobody ever chose takes the profile last used anywhere.
 */
export class ProfileMemory {
  readonly #memory: vscode.Memento;
  #ofSession: string | null = null;

  constructor(memory: vscode.Memento) {
    this.#memory = memory;
  }

  get choice(): ProfileChoice {
    const id = isEmptyWindow() ? this.#ofSession : this.#memory.get<unknown>(memoryKeys.profile);
    return typeof id === 'string' && isId(id) ? { by: 'id', id } : this.fallback;
  }

  get fallback(): ProfileChoice {
    return { by: 'default', firstName: userName() };
  }

  async remember(profileId: string): Promise<void> {
    this.#ofSession = profileId;
    if (!isEmptyWindow()) await this.#memory.update(memoryKeys.profile, profileId);
  }

  async forget(): Promise<void> {
    this.#ofSession = null;
    await this.#memory.update(memoryKeys.profile, undefined);
  }
}
