import type { MemberModel, ShapeModel } from '../model/shape.ts';

/** Member names in messages begin with a small letter: `KMSKeyId` → `kMSKeyId`. */
export function camel(name: string): string {
  return name.charAt(0).toLowerCase() + name.slice(1);
}

/**
 * A value as AWS's validator prints it, which is how Java does: `[a, b]`, `{k=v}`, `Tag(key=a, value=null)`, doubles with a
 * point. Sensitive parts are not printed.
 */
export function javaText(shape: ShapeModel, value: unknown, sensitive = false): string {
  if (value === undefined || value === null) return 'null';
  if (sensitive || shape.sensitive) return '***Sensitive Data Redacted***';
  switch (shape.kind) {
    case 'structure':
    case 'union':
      return `${shape.name}(${shape.members.map((m) => `${camel(m.name)}=${memberText(m, value)}`).join(', ')})`;
    case 'list': {
      const { element } = shape as { element: MemberModel };
      return `[${(value as readonly unknown[]).map((v) => javaText(element.shape, v)).join(', ')}]`;
    }
    case 'map': {
      const item = (shape.value as MemberModel).shape;
      return `{${Object.entries(value as object)
        .map(([k, v]) => `${k}=${javaText(item, v)}`)
        .join(', ')}}`;
    }
    case 'blob': {
      const size = value instanceof Uint8Array ? value.length : 0;
      return `java.nio.HeapByteBuffer[pos=0 lim=${size} cap=${size}]`;
    }
    case 'float':
    case 'double':
      return Number.isInteger(value) ? `${value}.0` : String(value);
    case 'document':
      return JSON.stringify(value);
    default:
      return value instanceof Date ? value.toISOString() : String(value);
  }
}

function memberText(member: MemberModel, value: unknown): string {
  return javaText(member.shape, (value as Record<string, unknown>)[member.name], member.sensitive);
}

/**
 * Enum values in the order AWS prints them: that of a Java hash table with 32 buckets keyed by `String.hashCode`. Found by
 * comparing recorded messages of KMS, EventBridge, CloudWatch Logs, CloudWatch and Lambda.
 *
 * @example javaSetOrder(['ALARM', 'INSUFFICIENT_DATA', 'OK']) // ['INSUFFICIENT_DATA', 'ALARM', 'OK']
 */
export function javaSetOrder(values: readonly string[]): readonly string[] {
  const buckets: string[][] = Array.from({ length: 32 }, () => []);
  for (const value of values) buckets[javaHash(value) & 31]?.push(value);
  return buckets.flat();
}

function javaHash(text: string): number {
  let hash = 0;
  for (let i = 0; i < text.length; i++) hash = (Math.imul(hash, 31) + text.charCodeAt(i)) | 0;
  return hash;
}
