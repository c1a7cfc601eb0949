#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""A submission server for tests: STARTTLS or TLS first, AUTH PLAIN and LOGIN, and every fault on order.

    smtp.py --cert PEM --key PEM --out DIR --mode FILE --port-file FILE [--tls-first]

What it takes becomes a file in DIR as signetd's own spool writes it, so that whoever reads spools can read it. It listens
on 127.0.0.1, on the port it then writes to the port file. FILE is read anew at each step; its lines change what happens:

    STAGE hang            nothing more is said          STAGE: greeting ehlo starttls tls auth mail rcpt data body quit
    STAGE cut             the connection is closed
    STAGE 550 5.1.1 no    this reply instead
    to ADDRESS STAGE …    the same for one recipient (rcpt and later)
    without starttls      it is not offered             without auth: neither is AUTH
    mechanisms LOGIN      these are offered
    password WORDS        of the user "signet"; preset "correct horse"
"""
import argparse, base64, email, email.policy, os, socket, ssl, sys, threading, time

cl = argparse.ArgumentParser()
for name in ('cert', 'key', 'out', 'mode', 'port-file'):
    cl.add_argument('--' + name, required=True)
cl.add_argument('--tls-first', action='store_true')
args = cl.parse_args()
lock = threading.Lock()
count = 0


class Cut(Exception):
    pass


def modes():
    try:
        with open(args.mode) as f:
            return [l.split() for l in f if l.strip()]
    except FileNotFoundError:
        return []


def value(word, preset):
    found = [m[1:] for m in modes() if m[0] == word]
    return ' '.join(found[-1]) if found else preset


def context():
    c = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    c.load_cert_chain(args.cert, args.key)
    return c


class Session:
    def __init__(self, sock):
        self.sock, self.secure, self.known, self.to, self.sender = sock, False, False, [], None
        self.file = sock.makefile('rb')

    def say(self, text):
        self.sock.sendall(text.encode() + b'\r\n')

    # True: the stage goes its usual way.
    def stage(self, name):
        for m in modes():
            if m[0] == 'to':
                if m[1] not in self.to or m[2] != name:
                    continue
                m = m[2:]
            if m[0] != name:
                continue
            if m[1] == 'hang':
                time.sleep(30)
                raise Cut
            if m[1] == 'cut':
                raise Cut
            self.say(' '.join(m[1:]))
            return False
        return True

    def line(self):
        l = self.file.readline(8192)
        if not l.endswith(b'\r\n'):
            raise Cut
        return l[:-2].decode('ascii')

    def wrap(self):
        if not self.stage('tls'):
            raise Cut
        self.sock = context().wrap_socket(self.sock, server_side=True)
        self.file = self.sock.makefile('rb')
        self.secure, self.known = True, False

    def ehlo(self):
        offers = ['localhost', 'SIZE 1000000', 'ENHANCEDSTATUSCODES']
        without = [w for m in modes() if m[0] == 'without' for w in m[1:]]
        if not self.secure and 'starttls' not in without:
            offers.append('STARTTLS')
        if self.secure and 'auth' not in without:
            offers.append('AUTH ' + value('mechanisms', 'PLAIN LOGIN'))
        for n, o in enumerate(offers):
            self.say('250' + ('-' if n + 1 < len(offers) else ' ') + o)

    def auth(self, words):
        if words[0] == 'PLAIN':
            text = words[1] if len(words) > 1 else (self.say('334 '), self.line())[1]
            _, user, password = base64.b64decode(text).decode().split('\0')
        else:
            user = base64.b64decode(words[1] if len(words) > 1 else (self.say('334 VXNlcm5hbWU6'), self.line())[1]).decode()
            self.say('334 UGFzc3dvcmQ6')
            password = base64.b64decode(self.line()).decode()
        self.known = user == 'signet' and password == value('password', 'correct horse')
        self.say('235 2.7.0 welcome' if self.known else '535 5.7.8 wrong user or password')

    def take(self):
        octets = b''
        while True:
            l = self.file.readline(8192)
            if not l:
                raise Cut
            if l == b'.\r\n':
                break
            if len(l) > 1000 or not l.endswith(b'\r\n') or max(l) > 127:
                octets = None
            if octets is not None:
                octets += l[1:] if l.startswith(b'.') else l
        if octets is None:
            self.say('554 5.6.0 not of seven bits and short lines')
        elif self.stage('body'):
            self.keep(octets)
            self.say('250 2.0.0 taken')

    # As a file that grep can read: the text itself instead of base64.
    def keep(self, octets):
        global count
        mail = email.message_from_bytes(octets, policy=email.policy.SMTP)
        text = mail.get_content()
        del mail['Content-Transfer-Encoding']
        head = b''.join(f'{k}: {v}\r\n'.encode() for k, v in mail.items())
        with lock:
            count += 1
            name = os.path.join(args.out, f'{count:010}.eml')
            with open(name + '.part', 'wb') as f:
                f.write(head + b'Content-Transfer-Encoding: 8bit\r\n\r\n' + text.encode())
            os.rename(name + '.part', name)

    def serve(self):
        if args.tls_first:
            self.wrap()
        if not self.stage('greeting'):
            raise Cut
        self.say('220 localhost ESMTP')
        while True:
            words = self.line().split()
            verb = words[0].upper() if words else ''
            with lock:
                print('tls' if self.secure else 'clear', 'known' if self.known else 'unknown',
                      verb if verb == 'AUTH' else ' '.join(words), flush=True)
            if verb in ('EHLO', 'HELO'):
                self.stage('ehlo') and self.ehlo()
            elif verb == 'STARTTLS':
                if self.stage('starttls'):
                    self.say('220 2.0.0 begin')
                    self.wrap()
            elif verb == 'AUTH':
                self.stage('auth') and self.auth(words[1:])
            elif verb == 'MAIL':
                self.to = []
                if not self.secure:
                    self.say('530 5.7.0 STARTTLS first')
                elif not self.known and value('anybody', '') != 'yes':
                    self.say('530 5.7.0 sign in first')
                else:
                    self.stage('mail') and self.say('250 2.1.0 sender')
            elif verb == 'RCPT':
                self.to.append(words[1][4:-1])
                self.stage('rcpt') and self.say('250 2.1.5 recipient')
            elif verb == 'DATA':
                if self.stage('data'):
                    self.say('354 go on')
                    self.take()
            elif verb == 'RSET':
                self.say('250 2.0.0 reset')
            elif verb == 'QUIT':
                self.stage('quit') and self.say('221 2.0.0 bye')
                return
            else:
                self.say('500 5.5.2 what?')


def run(sock):
    s = Session(sock)
    try:
        s.serve()
    except (Cut, OSError, ValueError):
        pass
    finally:
        # What is open twice (makefile) must end now.
        try:
            s.sock.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        s.sock.close()


listener = socket.create_server(('127.0.0.1', 0), backlog=64)
os.makedirs(args.out, exist_ok=True)
with open(args.port_file + '.part', 'w') as f:
    f.write(str(listener.getsockname()[1]))
os.rename(args.port_file + '.part', args.port_file)
while True:
    threading.Thread(target=run, args=(listener.accept()[0],), daemon=True).start()
