import type { Disposable } from './ports.ts';

export type Listener<T> = (value: T) => void;

/** Something that can be listened to. The shape of `vscode.Event`, without `vscode`. */
export type Event<T> = (listener: Listener<T>) => Disposable;

export interface Emitter<T> {
  readonly event: Event<T>;
  readonly fire: (value: T) => void;
}

export function createEmitter<T>(onListenerError: (error: unknown) => void): Emitter<T> {
  const listeners = new Set<Listener<T>>();
  return {
    event(listener) {
      listeners.add(listener);
      return { dispose: () => void listeners.delete(listener) };
    },
    fire(value) {
      for (const listener of Array.from(listeners)) {
        try {
          listener(value);
        } catch (error) {
          onListenerError(error); // one broken listener must not silence the others
        }
      }
    },
  };
}
