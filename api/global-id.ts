/**
 * Global ids that are there at once. The relay plugin's own field awaits what it encodes, and one promise
 * makes a promise of the whole answer, of which there is one for each event of each room.
 */
import { type FieldRef, RootFieldBuilder } from '@pothos/core';
import { encodeNodeId } from './node-id.ts';

interface GlobalIdOptions {
  resolve: (...args: unknown[]) => { type: never; id: string | number | bigint };
}

interface FieldBuilder {
  builder: { configStore: { getTypeConfig: (ref: never) => { name: string } } };
  field: (options: object) => FieldRef<never, string>;
}

Object.assign(RootFieldBuilder.prototype, {
  globalID(this: FieldBuilder, { resolve, ...options }: GlobalIdOptions) {
    const { configStore } = this.builder;
    return this.field({
      ...options,
      type: 'ID',
      resolve: (...args: unknown[]) => {
        const { type, id } = resolve(...args);
        return encodeNodeId(configStore.getTypeConfig(type).name, id);
      },
    });
  },
});
