"""Asks a simulated pool the way an independent client would, with nothing but Python's standard library.

    peer.py URL USER PASSWORD FINGERPRINT CHECK [ARGUMENT ...]

Runs one of the check_ functions below; whatever does not hold ends with a traceback and exit code 1.
"""
import base64, hashlib, http.client, io, socket, ssl, struct, sys, tarfile, time
import urllib.parse, xmlrpc.client

URL, USER, PASSWORD, FINGERPRINT, CHECK = sys.argv[1:6]
ARGUMENTS = sys.argv[6:]
ADDRESS = urllib.parse.urlparse(URL)
TLS = ssl._create_unverified_context()  # trust is by the certificate's fingerprint, see certificate()
PROXY = xmlrpc.client.ServerProxy(URL, context=TLS)
BLOCK = 65536


class Failure(Exception):
    @property
    def code(self):
        return self.args[0][0]


def call(method, *arguments):
    answer = getattr(PROXY, method)(*arguments)
    if answer['Status'] != 'Success':
        raise Failure(answer['ErrorDescription'])
    return answer['Value']


def login():
    return call('session.login_with_password', USER, PASSWORD, '1.0', 'peer.py')


SESSION = None if CHECK == 'certificate' else login()


def xen(method, *arguments):
    return call(method, SESSION, *arguments)


def fails(code, method, *arguments):
    try:
        value = xen(method, *arguments)
    except Failure as failure:
        assert failure.code == code, failure
        return failure.args[0][1:]
    raise AssertionError('%s gave %r instead of failing with %s' % (method, value, code))


def wait(task):
    token = ''
    while True:
        record = xen('task.get_record', task)
        if record['status'] not in ('pending', 'cancelling'):
            xen('task.destroy', task)
            return record
        token = xen('event.from', ['task/' + task], token, 5.0)['token']


def result(task):
    record = wait(task)
    assert record['status'] == 'success', record['error_info']
    return record['result'].removeprefix('<value>').removesuffix('</value>')


def request(method, path, body=None, **query):
    query.setdefault('session_id', SESSION)
    connection = http.client.HTTPSConnection(ADDRESS.hostname, ADDRESS.port, context=TLS)
    connection.request(method, path + '?' + urllib.parse.urlencode(query), body)
    answer = connection.getresponse()
    return answer.status, answer.read()


def stream(method, path, body=None, **query):
    task = xen('task.create', path, '')
    status, content = request(method, path, body, task_id=task, **query)
    return status, content, wait(task)


def vm_called(name):
    return xen('VM.get_by_name_label', name)[0]


def disks(vm):
    drives = [record for record in xen('VBD.get_all_records').values() if record['VM'] == vm and record['type'] == 'Disk']
    return [drive['VDI'] for drive in sorted(drives, key=lambda drive: int(drive['userdevice']))]


def snapshot_of(vm, name):
    return result(xen('Async.VM.snapshot', vm, name))


def raw(vdi):
    status, content, task = stream('GET', '/export_raw_vdi', vdi=vdi)
    assert (status, task['status']) == (200, 'success'), task
    return content


def check_certificate():
    with socket.create_connection((ADDRESS.hostname, ADDRESS.port)) as plain:
        with TLS.wrap_socket(plain) as secured:
            assert secured.version() == 'TLSv1.2', secured.version()
            assert hashlib.sha256(secured.getpeercert(True)).hexdigest() == FINGERPRINT


def check_records():
    vm = xen('VM.get_record', vm_called('web-01'))
    assert vm['memory_static_max'] == '1073741824', 'an int is a string on the wire'
    assert vm['is_a_template'] is False and vm['HVM_shadow_multiplier'] == 1.0
    assert str(vm['snapshot_time']) == '19700101T00:00:00Z'
    assert set(vm['VBDs']) == {ref for ref, record in xen('VBD.get_all_records').items() if record['VM'] == xen('VM.get_by_uuid', vm['uuid'])}
    for cls in 'pool host SR PBD SM network PIF VIF VDI task session'.split():
        for ref, record in xen(cls + '.get_all_records').items():
            assert xen(cls + '.get_by_uuid', record['uuid']) == ref
    fails('UUID_INVALID', 'VM.get_by_uuid', 'nobody')
    fails('HANDLE_INVALID', 'VM.get_record', 'OpaqueRef:nobody')
    assert fails('MESSAGE_METHOD_UNKNOWN', 'VM.fly') == ['VM.fly']
    assert fails('MESSAGE_PARAMETER_COUNT_MISMATCH', 'VM.get_uuid') == ['VM.get_uuid', '1', '0']


def check_events():
    seen = xen('event.from', ['vm'], '', 0.0)
    assert {event['operation'] for event in seen['events']} == {'add'}
    assert seen['valid_ref_counts']['vm'] == len(xen('VM.get_all'))
    vm = vm_called('web-01')
    assert xen('event.from', ['VM/' + vm], seen['token'], 0.05)['events'] == []
    xen('VM.set_name_description', vm, 'changed')
    changed = xen('event.from', ['VM/' + vm], seen['token'], 5.0)
    assert [(event['operation'], event['snapshot']['name_description']) for event in changed['events']] == [('mod', 'changed')]
    assert changed['token'] > seen['token']
    xen('VM.destroy', xen('VM.clone', vm_called('Other install media'), 'gone soon'))
    assert 'del' in {event['operation'] for event in xen('event.from', ['*'], changed['token'], 5.0)['events']}


def check_changed_blocks():
    """The test has written blocks 0, 3 and 9 between the two snapshots that it names, 'first' and 'second'."""
    first, second = (disks(vm_called(name))[0] for name in ('first', 'second'))
    bitmap = base64.b64decode(result(xen('Async.VDI.list_changed_blocks', first, second)))
    size = int(xen('VDI.get_virtual_size', second))
    assert len(bitmap) == (size // BLOCK + 7) // 8
    changed = [block for block in range(size // BLOCK) if bitmap[block >> 3] & 0x80 >> (block & 7)]
    assert changed == [0, 3, 9], changed
    old, new = raw(first), raw(second)
    differing = [block for block in range(size // BLOCK) if old[block * BLOCK:][:BLOCK] != new[block * BLOCK:][:BLOCK]]
    assert differing == changed
    fails('SR_BACKEND_FAILURE_460', 'VDI.list_changed_blocks', second, first)
    fails('SR_BACKEND_FAILURE_460', 'VDI.list_changed_blocks', first, first)


def check_data_destroy():
    vm = vm_called('web-01')
    xen('VDI.enable_cbt', disks(vm)[0])
    snapshot = snapshot_of(vm, 'base')
    base = disks(snapshot)[0]
    xen('VM.destroy', snapshot)
    xen('VDI.data_destroy', base)
    assert xen('VDI.get_type', base) == 'cbt_metadata'
    later = disks(snapshot_of(vm, 'later'))[0]
    assert set(base64.b64decode(xen('VDI.list_changed_blocks', base, later))) == {0}
    fails('VDI_INCOMPATIBLE_TYPE', 'VDI.clone', base)
    status, content, task = stream('GET', '/export_raw_vdi', vdi=base, format='vhd')
    assert status == 200 and content.startswith(b'HTTP/1.1 500'), 'a failure after the head lands in the body'
    assert task['error_info'][0] == 'VDI_INCOMPATIBLE_TYPE'


def check_export():
    snapshot = snapshot_of(vm_called('web-01'), 'to export')
    status, archive, task = stream('GET', '/export', ref=snapshot)
    assert (status, task['status']) == (200, 'success'), task
    contents = [raw(disk) for disk in disks(snapshot)]
    with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
        names = tar.getnames()
        assert names[0] == 'ova.xml'
        ova = xmlrpc.client.loads(b'<params><param>' + tar.extractfile('ova.xml').read() + b'</param></params>')[0][0]
        assert ova['version']['export_vsn'] == '2'
        found = {}
        for chunk, check in zip(names[1::2], names[2::2]):
            assert check.startswith(chunk + '.')
            body = tar.extractfile(chunk).read()
            if check.endswith('.checksum'):
                assert hashlib.sha1(body).hexdigest().encode() == tar.extractfile(check).read()
            ref, number = chunk.split('/')
            found.setdefault(ref, []).append((int(number), body))
    assert list(found) == sorted(found)
    for chunks in found.values():
        disk, last = b'', -1
        for number, body in chunks:
            disk += bytes((number - last - 1) << 20) + body
            last = number
        assert disk in contents
    status, _, task = stream('PUT', '/import', archive)
    assert task['status'] == 'success', task
    again = task['result'].split('OpaqueRef:')[1].split('<')[0]
    assert [raw(disk) for disk in disks('OpaqueRef:' + again)] == contents


def check_vhd_file():
    """Writes the VHD of a disk to the first argument and its raw content to the second."""
    disk = disks(snapshot_of(vm_called('web-01'), 'for qemu'))[0]
    status, content, task = stream('GET', '/export_raw_vdi', vdi=disk, format='vhd')
    assert (status, task['status']) == (200, 'success'), task
    with open(ARGUMENTS[0], 'wb') as vhd, open(ARGUMENTS[1], 'wb') as image:
        vhd.write(content)
        image.write(raw(disk))


def check_vhd_delta():
    """A delta laid over a clone of its base is the newer disk."""
    first, second = (disks(vm_called(name))[0] for name in ('first', 'second'))
    _, delta, task = stream('GET', '/export_raw_vdi', vdi=second, base=first, format='vhd')
    assert task['status'] == 'success' and struct.unpack_from('>I', delta, 60) == (4,)
    whole = stream('GET', '/export_raw_vdi', vdi=second, format='vhd')[1]
    assert len(delta) < len(whole)
    target = xen('VDI.clone', first)
    _, _, task = stream('PUT', '/import_raw_vdi', delta, vdi=target, format='vhd')
    assert task['status'] == 'success', task
    assert raw(target) == raw(second)


def check_chunked_import():
    sr = xen('VDI.get_SR', disks(vm_called('web-01'))[0])
    target = xen('VDI.create', dict(SR=sr, virtual_size=str(4 << 20), type='user', sharable=False, read_only=False, other_config={}))
    records = struct.pack('<QI', 196608, 1024) + b'x' * 1024 + struct.pack('<QI', 512, 512) + b'y' * 512 + bytes(12)
    _, _, task = stream('PUT', '/import_raw_vdi', records, vdi=target, format='raw', chunked='true')
    assert task['result'] == '<value>%s</value>' % target, task
    assert raw(target) == b''.join((bytes(512), b'y' * 512, bytes(196608 - 1024), b'x' * 1024, bytes((4 << 20) - 197632)))


def exactly(connection, count):
    received = b''
    while len(received) < count:
        piece = connection.recv(count - len(received))
        if not piece:
            raise EOFError('%d of %d bytes' % (len(received), count))
        received += piece
    return received


def nbd(info, secured=True):
    """Opens an export as xen-api's own example client does, and returns the connection and the size."""
    connection = socket.create_connection((info['address'], int(info['port'])))
    assert exactly(connection, 18) == b'NBDMAGICIHAVEOPT\x00\x01'
    connection.sendall(struct.pack('>I', 1))
    if secured:
        connection.sendall(struct.pack('>8sII', b'IHAVEOPT', 5, 0))
        assert exactly(connection, 20) == struct.pack('>QIII', 0x3e889045565a9, 5, 1, 0)
        trust = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        trust.load_verify_locations(cadata=info['cert'])
        connection = trust.wrap_socket(connection, server_hostname=info['subject'])
    name = info['exportname'].encode()
    connection.sendall(struct.pack('>8sII', b'IHAVEOPT', 1, len(name)) + name)
    size, flags = struct.unpack('>QH124x', exactly(connection, 134))
    assert flags == 3
    return connection, size


def nbd_read(connection, offset, length):
    connection.sendall(struct.pack('>IHHQQI', 0x25609513, 0, 0, 7, offset, length))
    assert struct.unpack('>IIQ', exactly(connection, 16)) == (0x67446698, 0, 7)
    return exactly(connection, length)


def check_nbd():
    disk = disks(snapshot_of(vm_called('web-01'), 'for nbd'))[0]
    infos = xen('VDI.get_nbd_info', disk)
    info = [info for info in infos if ':' not in info['address']][0]
    assert isinstance(info['port'], str)
    connection, size = nbd(info)
    content = b''.join(nbd_read(connection, offset, 1 << 20) for offset in range(0, size, 1 << 20))
    fails('VDI_IN_USE', 'VDI.destroy', disk)
    connection.sendall(struct.pack('>IHHQQI', 0x25609513, 0, 2, 0, 0, 0))
    assert connection.recv(1) == b'', 'the connection ends when the disk is detached'
    assert content == raw(disk)


def option(connection, number, data=b''):
    """Sends an option and returns the answer's code."""
    connection.sendall(struct.pack('>8sII', b'IHAVEOPT', number, len(data)) + data)
    magic, echoed, answer, length = struct.unpack('>QIII', exactly(connection, 20))
    assert (magic, echoed, length) == (0x3e889045565a9, number, 0)
    return answer


def check_nbd_options():
    """The server knows few options, and none but STARTTLS before TLS."""
    info = xen('VDI.get_nbd_info', disks(vm_called('web-01'))[0])[0]
    plain = socket.create_connection((info['address'], int(info['port'])))
    exactly(plain, 18)
    plain.sendall(struct.pack('>I', 1))
    assert (option(plain, 3), option(plain, 7, bytes(6))) == (0x80000005, 0x80000005)
    assert option(plain, 5) == 1
    secured = TLS.wrap_socket(plain)
    assert (option(secured, 3), option(secured, 7, bytes(6)), option(secured, 5)) == (0x80000002, 0x80000001, 0x80000003)
    name = info['exportname'].replace(SESSION, 'OpaqueRef:nobody').encode()
    secured.sendall(struct.pack('>8sII', b'IHAVEOPT', 1, len(name)) + name)
    assert secured.recv(1) == b'', 'a session that is over is not told, the connection just ends'


def check_nbd_in_clear():
    disk = disks(snapshot_of(vm_called('web-01'), 'for nbd'))[0]
    info = xen('VDI.get_nbd_info', disk)[0]
    connection, size = nbd(info, secured=False)
    assert nbd_read(connection, 0, 4096) == raw(disk)[:4096]
    connection.sendall(struct.pack('>IHHQQI', 0x25609513, 0, 0, 7, size - 512, 1024))
    assert struct.unpack('>IIQ', exactly(connection, 16)) == (0x67446698, 0, 7), 'a read beyond the end is no error at first'
    try:
        exactly(connection, 1024)
    except EOFError:
        return
    raise AssertionError('more bytes than the disk has')


def check_nbd_limits():
    disk = disks(snapshot_of(vm_called('web-01'), 'for nbd'))[0]
    info = [info for info in xen('VDI.get_nbd_info', disk) if ':' not in info['address']][0]
    open_ones = [nbd(info)[0] for _ in range(16)]
    with socket.create_connection((info['address'], int(info['port']))) as extra:
        assert extra.recv(1) == b'', 'the seventeenth connection is closed without a byte'
    for connection in open_ones[1:]:
        connection.close()
    connection = open_ones[0]
    connection.sendall(struct.pack('>IHHQQI', 0x25609513, 0, 0, 7, 100, 512))
    assert struct.unpack('>IIQ', exactly(connection, 16)) == (0x67446698, 22, 7)
    assert connection.recv(1) == b''


globals()['check_' + CHECK]()
if SESSION is not None:
    call('session.logout', SESSION)
