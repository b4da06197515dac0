// Asks a simulated pool with Xen Orchestra's own client: node peer.mjs URL USER PASSWORD
import assert from 'node:assert/strict'
import { createClient } from 'xen-api'
import { CancelToken } from 'promise-toolbox'

const [url, user, password] = process.argv.slice(2)
const xapi = createClient({ url, auth: { user, password }, allowUnauthorized: true, watchEvents: true })

const none = new CancelToken(() => {})

const read = async (pathname, query, task) => {
  const response = await xapi.getResource(none, pathname, { query, task })
  return Buffer.from(await response.body.arrayBuffer())
}

await xapi.connect()
await xapi.objectsFetched
const objects = Object.values(xapi.objects.all)
const vm = objects.find(object => object.$type === 'VM' && object.name_label === 'web-01')
assert.equal(vm.$VBDs.length, 3)
const disk = vm.$VBDs.find(vbd => vbd.type === 'Disk' && vbd.userdevice === '0').$VDI
assert.equal(typeof disk.virtual_size, 'number')

await xapi.call('VDI.enable_cbt', disk.$ref)
const firstRef = await xapi.callAsync(none, 'VM.snapshot', vm.$ref, 'first')
const first = await xapi.barrier(firstRef)
assert.equal(first.is_a_snapshot, true)
const second = await xapi.barrier(await xapi.callAsync(none, 'VM.snapshot', vm.$ref, 'second'))
const of = snapshot => snapshot.$VBDs.find(vbd => vbd.type === 'Disk' && vbd.userdevice === '0').$VDI
const bitmap = Buffer.from(await xapi.callAsync(none, 'VDI.list_changed_blocks', of(first).$ref, of(second).$ref), 'base64')
assert.equal(bitmap.length, Math.ceil(disk.virtual_size / 65536 / 8))
assert.ok(bitmap.every(byte => byte === 0))

const raw = await read('/export_raw_vdi/', { vdi: of(first).$ref, format: 'raw' })
assert.equal(raw.length, disk.virtual_size)
const vhd = await read('/export_raw_vdi/', { vdi: of(first).$ref, format: 'vhd' }, true)
assert.equal(vhd.subarray(0, 8).toString(), 'conectix')

const target = await xapi.call('VDI.create', {
  SR: disk.SR, virtual_size: disk.virtual_size, type: 'user', sharable: false, read_only: false, other_config: {},
})
await xapi.putResource(none, vhd, '/import_raw_vdi/', { query: { vdi: target, format: 'vhd' }, task: true })
assert.ok((await read('/export_raw_vdi/', { vdi: target, format: 'raw' })).equals(raw))

const xva = await read('/export/', { ref: first.$ref }, true)
const [imported] = await xapi.putResource(none, xva, '/import/', { query: {}, task: true })
const copy = await xapi.barrier(imported)
assert.equal(copy.$VBDs.length, 3)

await assert.rejects(xapi.callAsync(none, 'VDI.data_destroy', disk.$ref), { code: 'OPERATION_NOT_ALLOWED' })
await assert.rejects(xapi.call('VM.fly'), { code: 'MESSAGE_METHOD_UNKNOWN' })
await xapi.disconnect()
console.log('everything holds')
process.exit(0)
