#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""An SMS gateway for tests: HTTPS, checks every signature, knows a message by its id, and makes every fault on order.

    gateway.py --cert PEM --key PEM --secret FILE --out DIR --mode FILE --port-file FILE

What it takes becomes a file in DIR as signetd's own spool writes it. It listens on 127.0.0.1, on the port it then writes to the
port file. FILE is read at each request; its one line changes what happens:

    status N        this answer, nothing is taken      taken-then N    taken, and then this answer
    hang            no answer                          cut             the connection is closed before any answer
    half            half an answer                     redirect        to another address of ours
    nonsense        no HTTP                            large           an answer without end
"""
import argparse, hashlib, hmac, json, os, re, socketserver, ssl, threading, time
from http.server import BaseHTTPRequestHandler

cl = argparse.ArgumentParser()
for name in ('cert', 'key', 'secret', 'out', 'mode', 'port-file'):
    cl.add_argument('--' + name, required=True)
args = cl.parse_args()
secret = open(args.secret, 'rb').read().strip()
lock = threading.Lock()
seen = set()


def mode():
    try:
        with open(args.mode) as f:
            return f.read().split() or ['']
    except FileNotFoundError:
        return ['']


class Handler(BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'

    def answer(self, status, body=b'{}', **headers):
        self.send_response(status)
        self.send_header('Content-Type', 'application/json')
        self.send_header('Content-Length', str(len(body)))
        for k, v in headers.items():
            self.send_header(k, v)
        self.end_headers()
        self.wfile.write(body)

    # What is wrong with the request, as a gateway of somebody else's would say it.
    def fault(self, body):
        m = re.fullmatch(r't=([0-9]+),v1=([0-9a-f]{64})', self.headers.get('Signet-Signature', ''))
        if not m or abs(time.time() - int(m[1])) > 300:
            return 401
        if not hmac.compare_digest(hmac.new(secret, m[1].encode() + body, hashlib.sha256).hexdigest(), m[2]):
            return 401
        try:
            sms = json.loads(body)
        except ValueError:
            return 400
        if set(sms) != {'id', 'to', 'lang', 'template', 'params', 'text', 'at', 'expires'} or self.path != '/v1/sms?from=test':
            return 400
        return 0

    def take(self, body):
        sms = json.loads(body)
        with lock:
            if sms['id'] in seen:
                return
            seen.add(sms['id'])
            name = os.path.join(args.out, f'{len(seen):010}.json')
            with open(name + '.part', 'wb') as f:
                f.write(body)
            os.rename(name + '.part', name)

    def do_GET(self):
        self.answer(200)

    def do_POST(self):
        m = mode()
        body = self.rfile.read(int(self.headers['Content-Length']))
        wrong = self.fault(body)
        if m[0] == 'status':
            return self.answer(int(m[1]))
        if m[0] == 'hang':
            time.sleep(30)
            return None
        if m[0] in ('cut', 'half', 'nonsense'):
            self.close_connection = True
            if m[0] == 'half':
                self.wfile.write(b'HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{')
            if m[0] == 'nonsense':
                self.wfile.write(b'220 I speak SMTP\r\n')
            return None
        if m[0] == 'redirect':
            return self.answer(302, Location='/v1/sms?from=test')
        if m[0] == 'large':
            return self.answer(200, b'x' * 200000)
        if wrong:
            return self.answer(wrong)
        self.take(body)
        self.answer(int(m[1]) if m[0] == 'taken-then' else 202)

    def log_message(self, format, *words):
        with lock:
            print(format % words, flush=True)


class Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    request_queue_size = 64

    # The handshake in the connection's own thread.
    def finish_request(self, request, client_address):
        try:
            Handler(context.wrap_socket(request, server_side=True), client_address, self)
        except OSError:
            pass


context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(args.cert, args.key)
os.makedirs(args.out, exist_ok=True)
server = Server(('127.0.0.1', 0), Handler)
with open(args.port_file + '.part', 'w') as f:
    f.write(str(server.server_address[1]))
os.rename(args.port_file + '.part', args.port_file)
server.serve_forever()
