/** Owns what has to be disposed, so that nothing is left behind when its owner goes. */
export interface DisposableStore {
  add<T extends { dispose(): unknown }>(item: T): T;
  dispose(): void;
}

export function createDisposableStore(): DisposableStore {
  const items: { dispose(): unknown }[] = [];
  let disposed = false;
  return {
    add(item) {
      if (disposed) item.dispose();
      else items.push(item);
      return item;
    },
    dispose() {
      disposed = true;
      for (const item of items.splice(0).reverse()) item.dispose();
    },
  };
}
