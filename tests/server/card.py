#!/usr/bin/env python3
"""card.py [--port N] [--keys N]: a smart card for the reader of vpcd, with the command set of OpenSC's driver "isoApplet".

It holds RSA keys of 2048 bits, files, a PIN and a PUK, all in memory. SIGUSR1 pulls it out, SIGUSR2 plugs it in again.
vpcd: frames with a length of 16 bits; one octet 00 off, 01 on, 02 reset, 04 asks for the ATR; anything else is an APDU.
"""
import argparse, signal, socket, struct, sys, time
from cryptography.hazmat.primitives.asymmetric import rsa

ATR = bytes.fromhex('3b80800101')
AID = bytes.fromhex('f276a288bcfba69d34f31001')
ROOM = 32768
OK, NO_ROOM, NOT_FOUND, NOT_ALLOWED, BLOCKED = 0x9000, 0x6A84, 0x6A82, 0x6982, 0x6983
PIN, PUK = 1, 2


class Out(Exception):
    """The card was pulled out."""


class File:
    def __init__(self, parent, fid=0x3F00, folder=True):
        self.parent, self.fid, self.folder = parent, fid, folder
        self.name, self.rights, self.data, self.inside = b'', bytes(8), bytearray(), []


class Secret:
    """A PIN or PUK, padded to 16 octets, with three tries."""
    def __init__(self):
        self.value, self.tries = None, 3

    def check(self, value):
        if self.value is None:
            return 0x6A88
        if not self.tries:
            return BLOCKED
        if value.ljust(16, b'\0')[:16] != self.value:
            self.tries -= 1
            return 0x63C0 | self.tries if self.tries else BLOCKED
        self.tries = 3
        return OK

    def put(self, value):
        self.value, self.tries = value.ljust(16, b'\0')[:16], 3


def tlvs(data):
    while len(data) >= 2:
        yield data[0], data[2:2 + data[1]]
        data = data[2 + data[1]:]


def tlv(tag, value):
    n = len(value)
    size = bytes([n]) if n < 128 else bytes([0x81, n]) if n < 256 else b'\x82' + struct.pack('>H', n)
    return tag + size + value


class Card:
    def __init__(self, keys):
        self.root = File(None)
        self.root.parent = self.root
        self.most, self.keys = keys, {}
        self.secrets = {PIN: Secret(), PUK: Secret()}
        self.used = 0
        self.reset()

    def reset(self):
        self.here, self.known, self.key, self.chain, self.left = self.root, False, 0, b'', b''

    def folder(self):
        return self.here if self.here.folder else self.here.parent

    def may(self, right):
        return right == 0 or (right != 0xFF and self.known)

    def inside(self, folder, fid):
        return self.root if fid == 0x3F00 else next((f for f in folder.inside if f.fid == fid), None)

    def walk(self, folder, path):
        for i in range(0, len(path) - 1, 2):
            folder = folder and self.inside(folder, struct.unpack('>H', path[i:i + 2])[0])
        return folder

    def named(self, name, folder):
        for f in folder.inside:
            found = f if f.name and f.name == name else self.named(name, f)
            if found:
                return found
        return None

    def select(self, p1, p2, data):
        if p1 == 4 and data == AID:
            self.reset()
            return b'\x00\x06\x06', OK
        if p1 == 4:
            f = self.named(data, self.root)
        elif p1 == 0:
            f = self.walk(self.folder(), data) or self.walk(self.root, data) if data else self.root
        elif p1 in (8, 9):
            f = self.walk(self.root if p1 == 8 else self.folder(), data)
        else:
            f = self.folder().parent
        if f is None:
            return b'', NOT_FOUND
        self.here = f
        if p2 == 0x0C:
            return b'', OK
        about = tlv(b'\x81', struct.pack('>H', len(f.data))) + tlv(b'\x82', b'\x38' if f.folder else b'\x01')
        about += tlv(b'\x83', struct.pack('>H', f.fid)) + (tlv(b'\x84', f.name) if f.name else b'')
        return tlv(b'\x6f', about + tlv(b'\x86', f.rights) + tlv(b'\x8a', b'\x05')), OK

    def create(self, data):
        f, size = File(self.folder()), 0
        for tag, value in tlvs(data[2:]):
            if tag in (0x80, 0x81):
                size = int.from_bytes(value, 'big')
            elif tag == 0x82:
                f.folder = value[0] & 0x38 == 0x38
            elif tag == 0x83:
                f.fid = int.from_bytes(value, 'big')
            elif tag == 0x84:
                f.name = value
            elif tag == 0x86 and len(value) == 8:
                f.rights = value
        if f.fid == 0x3F00:
            return OK
        if self.inside(f.parent, f.fid):
            return 0x6A89
        size = 0 if f.folder else size
        if self.used + size + 32 > ROOM:
            return NO_ROOM
        f.data = bytearray(size)
        f.parent.inside.append(f)
        self.used += size + 32
        self.here = f
        return OK

    def delete(self, data):
        f = self.here if len(data) != 2 else self.walk(self.folder(), data)
        if f is None and self.here.fid == int.from_bytes(data, 'big'):
            f = self.here
        if f is None or f is self.root:
            return NOT_FOUND
        if self.secrets[PIN].value is not None and not self.known:
            return NOT_ALLOWED
        f.parent.inside.remove(f)
        self.used -= self.weight(f)
        self.here = f.parent
        return OK

    def weight(self, f):
        return len(f.data) + 32 + sum(self.weight(x) for x in f.inside)

    def read(self, at, most):
        if self.here.folder:
            return b'', 0x6986
        if not self.may(self.here.rights[7]):
            return b'', NOT_ALLOWED
        got = bytes(self.here.data[at:at + most])
        return (got, OK) if got else (b'', 0x6B00)

    def update(self, at, data):
        if self.here.folder:
            return 0x6986
        if self.secrets[PIN].value is not None and not self.may(self.here.rights[6]):
            return NOT_ALLOWED
        if at + len(data) > len(self.here.data):
            return NO_ROOM
        self.here.data[at:at + len(data)] = data
        return OK

    def verify(self, which, data):
        s = self.secrets[which]
        if s.value is not None and not data:
            return OK if self.known and which == PIN else 0x63C0 | s.tries if s.tries else BLOCKED
        status = s.check(data)
        if which == PIN and status != 0x6A88:
            self.known = status == OK
        return status

    def change(self, which, data):
        s, half = self.secrets[which], len(data) // 2
        status = OK if s.value is None else s.check(data[:half])
        if status == OK:
            s.put(data if s.value is None else data[half:])
            self.known |= which == PIN
        return status

    def unblock(self, data):
        status = self.secrets[PUK].check(data[:16])
        if status == OK:
            self.secrets[PIN].put(data[16:])
        return status

    def generate(self):
        if not self.known:
            return b'', NOT_ALLOWED
        if self.key not in self.keys and len(self.keys) >= self.most:
            return b'', NO_ROOM
        self.keys[self.key] = rsa.generate_private_key(65537, 2048)
        n = self.keys[self.key].public_key().public_numbers().n
        return tlv(b'\x7f\x49', tlv(b'\x81', n.to_bytes(256, 'big')) + tlv(b'\x82', b'\1\0\1')), OK

    def sign(self, data):
        if not self.known:
            return b'', NOT_ALLOWED
        if self.key not in self.keys:
            return b'', 0x6A88
        if len(data) > 245:
            return b'', 0x6A80
        k = self.keys[self.key].private_numbers()
        block = b'\0\1' + b'\xff' * (253 - len(data)) + b'\0' + data
        return pow(int.from_bytes(block, 'big'), k.d, k.public_numbers.n).to_bytes(256, 'big'), OK

    def command(self, ins, p1, p2, data, le):
        at, which = p1 << 8 | p2, PUK if p2 & 3 == PUK else PIN
        if ins == 0xA4:
            return self.select(p1, p2, data)
        if ins == 0xB0:
            return self.read(at, le)
        if ins == 0x46:
            return self.generate()
        if ins == 0x2A:
            return self.sign(data)
        if ins == 0x84:
            return open('/dev/urandom', 'rb').read(le), OK
        if ins == 0x22:
            self.key = next((v[0] for t, v in tlvs(data) if t in (0x83, 0x84)), self.key)
            return b'', OK
        acts = {0xE0: lambda: self.create(data), 0xE4: lambda: self.delete(data), 0xD6: lambda: self.update(at, data),
                0x20: lambda: self.verify(which, data), 0x24: lambda: self.change(which, data),
                0x2C: lambda: self.unblock(data), 0x0E: lambda: OK}
        return b'', acts[ins]() if ins in acts else 0x6D00

    def apdu(self, a):
        """The answer to one APDU: data and the two octets of its status."""
        if len(a) < 4:
            return struct.pack('>H', 0x6700)
        cla, ins, p1, p2 = a[:4]
        lc = a[4] if len(a) > 5 else 0
        data, le = a[5:5 + lc], a[-1] or 256 if len(a) == 5 or len(a) == 6 + lc else 256
        status = OK
        if ins != 0xC0 and cla & 0x10:
            self.chain += data
            return struct.pack('>H', OK)
        if ins != 0xC0:
            data, self.chain = self.chain + data, b''
            self.left, status = self.command(ins, p1, p2, data, le)
        give, self.left = self.left[:min(le, 256)], self.left[min(le, 256):]
        if status == OK and self.left:
            status = 0x6100 | (len(self.left) if len(self.left) < 256 else 0)
        return give + struct.pack('>H', status)


plugged = True


def plug(number, _frame):
    global plugged
    plugged = number == signal.SIGUSR2
    if not plugged:
        raise Out


def take(s, n):
    got = b''
    while len(got) < n:
        more = s.recv(n - len(got))
        if not more:
            raise Out
        got += more
    return got


def serve(card, port):
    """One stay in the reader."""
    with socket.create_connection(('127.0.0.1', port)) as s:
        card.reset()
        while True:
            n, = struct.unpack('>H', take(s, 2))
            a = take(s, n)
            if n == 1 and a[0] != 4:
                card.reset()
                continue
            answer = ATR if n == 1 else card.apdu(a)
            s.sendall(struct.pack('>H', len(answer)) + answer)


def main():
    p = argparse.ArgumentParser()
    p.add_argument('--port', type=int, default=35963)
    p.add_argument('--keys', type=int, default=4)
    args = p.parse_args()
    card = Card(args.keys)
    signal.signal(signal.SIGUSR1, plug)
    signal.signal(signal.SIGUSR2, plug)
    while True:
        try:
            while not plugged:
                signal.pause()
            serve(card, args.port)
        except Out:
            pass
        except OSError:
            time.sleep(0.2)


if __name__ == '__main__':
    sys.exit(main())
