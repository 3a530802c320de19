/**
 * Sets a key that came from outside. `__proto__` becomes an own property like any other, so no input reaches a prototype.
 */
export function setKey(target: Record<string, unknown>, key: string, value: unknown): void {
  if (key === '__proto__')
    Object.defineProperty(target, key, { value, enumerable: true, configurable: true, writable: true });
  else target[key] = value;
}
