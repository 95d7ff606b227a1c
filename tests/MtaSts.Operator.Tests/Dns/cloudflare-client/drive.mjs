// Drives the test bed's Cloudflare server with Cloudflare's own client: node drive.mjs BASE-URL TOKEN
import assert from 'node:assert/strict';
import Cloudflare from 'cloudflare';

const [baseURL, apiToken] = process.argv.slice(2);
const client = new Cloudflare({ baseURL, apiToken, maxRetries: 0, timeout: 20000 });
let passed = 0;
const check = (body) => { body(); passed += 1; };
const all = async (pages) => { const items = []; for await (const item of pages) items.push(item); return items; };
const refusal = async (promise, status, code) => {
  const error = await promise.then(() => null, (e) => e);
  check(() => {
    assert.ok(error instanceof Cloudflare.APIError, `expected a refusal, got ${error}`);
    assert.equal(error.status, status);
    const codes = error.errors.flatMap((e) => [e.code, ...(e.error_chain ?? []).map((c) => c.code)]);
    assert.ok(codes.includes(code), `expected ${code}, got ${codes}`);
  });
};

// Zones: all pages, and one by its name.
const zones = await all(client.zones.list({ per_page: 10 }));
check(() => assert.equal(zones.length, 25));
const [zone] = await all(client.zones.list({ name: 'zone07.test' }));
check(() => assert.equal(zone.name, 'zone07.test'));
const zone_id = zone.id;
check(() => assert.equal(zones.filter((z) => z.id === zone_id).length, 1));
const fetched = await client.zones.get({ zone_id });
check(() => assert.equal(fetched.status, 'active'));

// One TXT record through its life.
const name = '_mta-sts.zone07.test';
const record = await client.dns.records.create({ zone_id, name, type: 'TXT', content: '"v=STSv1; id=1;"', ttl: 300, comment: 'made by a test' });
check(() => assert.deepEqual([record.name, record.type, record.content, record.ttl, record.proxied, record.comment],
  [name, 'TXT', '"v=STSv1; id=1;"', 300, false, 'made by a test']));
await client.dns.records.create({ zone_id, name: `_mtasts-owner.${name}`, type: 'TXT', content: '"owner"', ttl: 60 });
const exact = await all(client.dns.records.list({ zone_id, name: { exact: name }, type: 'TXT' }));
check(() => assert.deepEqual(exact.map((r) => r.id), [record.id]));
const below = await all(client.dns.records.list({ zone_id, name: { endswith: name }, per_page: 1 }));
check(() => assert.deepEqual(below.map((r) => r.name), [name, `_mtasts-owner.${name}`]));
const edited = await client.dns.records.edit(record.id, { zone_id, name, type: 'TXT', content: '"v=STSv1; id=2;"', ttl: 300 });
check(() => assert.deepEqual([edited.id, edited.content, edited.comment], [record.id, '"v=STSv1; id=2;"', 'made by a test']));
const updated = await client.dns.records.update(record.id, { zone_id, name, type: 'TXT', content: '"v=STSv1; id=3;"', ttl: 1 });
check(() => assert.deepEqual([updated.id, updated.content, updated.ttl, updated.comment ?? null], [record.id, '"v=STSv1; id=3;"', 1, null]));
const read = await client.dns.records.get(record.id, { zone_id });
check(() => assert.equal(read.content, '"v=STSv1; id=3;"'));

// What the rules forbid.
await refusal(client.dns.records.create({ zone_id, name, type: 'TXT', content: '"v=STSv1; id=3;"', ttl: 300 }), 400, 81058);
await refusal(client.dns.records.create({ zone_id, name, type: 'TXT', content: '"x"', ttl: 30 }), 400, 9021);
await refusal(client.dns.records.create({ zone_id, name: 'mta-sts.zone07.test', type: 'A', content: '999.0.2.1', ttl: 300 }), 400, 9005);

// A batch: deletes come first, so a CNAME may take the place of an address.
const address = await client.dns.records.create({ zone_id, name: 'mta-sts.zone07.test', type: 'A', content: '192.0.2.1', ttl: 300 });
await refusal(client.dns.records.create({ zone_id, name: 'mta-sts.zone07.test', type: 'CNAME', content: 'gateway.example.net', ttl: 300 }), 400, 81053);
const done = await client.dns.records.batch({
  zone_id,
  deletes: [{ id: address.id }],
  patches: [{ id: record.id, name, type: 'TXT', content: '"v=STSv1; id=4;"', ttl: 300 }],
  posts: [{ name: 'mta-sts.zone07.test', type: 'CNAME', content: 'gateway.example.net', ttl: 300 }],
});
check(() => assert.deepEqual([done.deletes.map((r) => r.id), done.patches.map((r) => r.content), done.posts.map((r) => r.type)],
  [[address.id], ['"v=STSv1; id=4;"'], ['CNAME']]));

// A batch with one bad part changes nothing.
await refusal(client.dns.records.batch({
  zone_id,
  deletes: [{ id: record.id }],
  posts: [{ name: 'mta-sts.zone07.test', type: 'A', content: '192.0.2.2', ttl: 300 }],
}), 400, 81054);
const still = await client.dns.records.get(record.id, { zone_id });
check(() => assert.equal(still.content, '"v=STSv1; id=4;"'));

await client.dns.records.delete(record.id, { zone_id });
await refusal(client.dns.records.get(record.id, { zone_id }), 404, 81044);
await refusal(new Cloudflare({ baseURL, apiToken: 'nobody-0123456789', maxRetries: 0 }).zones.list().then((p) => p), 403, 9109);
console.log(`${passed} checks passed`);
