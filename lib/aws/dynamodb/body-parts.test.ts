import { expect, it } from 'vitest';
import { useLocalTable } from '../../../tests/support/local-table.ts';
import { createBodyParts } from './body-parts.ts';
import { deleteItemAt, getItemAt } from './table.ts';

const local = useLocalTable();
const clock = { now: () => 1_000_000_000_000 };
const parts = () => createBodyParts(local.open(), clock);
/** As a sealed text is: base64url in five pieces. */
const sealedOf = (length: number) =>
  Array.from({ length }, (_, index) => 'abc.d-_XYZ019'[index % 13]).join('');

it.each([1, 380 * 1024, 380 * 1024 + 1, 6_000_000])('gives back a text of %i characters', async (length) => {
  const sealed = sealedOf(length);
  const id = `delivery-${length}`;
  const count = await parts().put(id, sealed);
  expect(count).toBe(Math.ceil(length / (380 * 1024)));
  expect((await parts().read(id, count)) === sealed).toBe(true);
});

it('keeps them for 16 days', async () => {
  await parts().put('kept', sealedOf(400_000));
  const item = await getItemAt(local.open(), { pk: 'B#kept#01', sk: 'PART' }, 'strong');
  expect(item?.expiresAtEpochS).toEqual({ N: String(1_000_000_000 + 16 * 24 * 3_600) });
});

it('gives nothing when one of them is gone', async () => {
  await parts().put('torn', sealedOf(400_000));
  await deleteItemAt(local.open(), { pk: 'B#torn#00', sk: 'PART' });
  expect(await parts().read('torn', 2)).toBeUndefined();
});
