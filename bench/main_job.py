#!/usr/bin/env python3
"""The main job on the real program: import rates, issuing and printing, the gate over HTTP, memory.

  bench/main_job.py build/release/src/app/shouwang
  bench/main_job.py --compounds 80 --households 500 PROGRAM       a district of 40,000 households
  bench/main_job.py --database postgresql://... PROGRAM           an empty database

Rates at the gate are told beside those of the same server's trivial answers, measured in turns within one
run, because only the ratio says something on another machine. Needs wrk.
"""
import argparse
import datetime
import http.client
import json
import pathlib
import random
import re
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.parse

SURNAMES, GIVEN = '王李张刘陈杨赵黄周吴', '伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平'
WEIGHTS, CHECKS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2), '10X98765432'


def resident_id(dice):
    """A number with a right check digit in an area that does not exist."""
    day = datetime.date(1940, 1, 1) + datetime.timedelta(days=dice.randrange(29000))
    body = f'990100{day:%Y%m%d}{dice.randrange(1000):03}'
    return body + CHECKS[sum(int(c) * w for c, w in zip(body, WEIGHTS)) % 11]


def office_files(households, dice):
    """Dwelling table and roster of one compound, as CSV."""
    dwellings = ['楼栋,单元,层,房号,建筑面积(㎡),装修情况,入住情况,业主,联系电话']
    roster = ['房号,姓名,关系,身份证号,联系电话']
    for number in range(households):
        building, rest = divmod(number, 96)
        stair, place = divmod(rest, 48)
        floor, room = divmod(place, 4)
        name = f'{floor + 1}{room + 1:02}'
        dwellings.append(f'{building + 1},{stair + 1},{floor + 1},{name},89.5,已装修,自住,,')
        for person in range(1 + dice.randrange(5)):
            who = dice.choice(SURNAMES) + dice.choice(GIVEN) + dice.choice(GIVEN)
            relation = ('户主', '配偶', '子', '父', '母')[person]
            phone = f'199{dice.randrange(10**8):08}'
            roster.append(f'{building + 1}-{stair + 1}-{name},{who},{relation},{resident_id(dice)},{phone}')
    return ['\n'.join(lines).encode() for lines in (dwellings, roster)]


class Server:
    def __init__(self, program, database):
        self.data = tempfile.mkdtemp(prefix='shouwang-bench-')
        with socket.socket() as probe:
            probe.bind(('127.0.0.1', 0))
            self.port = probe.getsockname()[1]
        command = [program, 'serve', '--demo', '--data', self.data + '/data', '--port', str(self.port)]
        if database:
            command += ['--database', database]
        self.log = open(self.data + '/log', 'w+')
        self.child = subprocess.Popen(command, stdout=self.log, stderr=self.log)
        self.cookie, self.connection = '', http.client.HTTPConnection('127.0.0.1', self.port, timeout=600)
        for _ in range(600):
            try:
                if self.call('GET', '/api/program'):
                    break
            except OSError:
                self.connection.close()
                time.sleep(0.1)
        # The links are printed after the program listens.
        for _ in range(100):
            self.log.seek(0)
            link = re.search(r'log-in, administrator .*?token=(\S+)', self.log.read())
            if link:
                break
            time.sleep(0.1)
        self.call('POST', '/api/session/link', {'token': link[1]})

    def call(self, method, path, body=None, kind='application/json', token=None):
        if body is not None and not isinstance(body, bytes):
            body = json.dumps(body).encode()
        headers = {'Content-Type': kind} if body is not None else {}
        headers |= {'Authorization': 'Bearer ' + token} if token else {'Cookie': self.cookie}
        self.connection.request(method, path, body, headers)
        answer = self.connection.getresponse()
        data = answer.read()
        if answer.getheader('Set-Cookie'):
            self.cookie = answer.getheader('Set-Cookie').split(';')[0]
        if answer.status >= 400:
            sys.exit(f'{method} {path}: {answer.status} {data.decode()}')
        return json.loads(data) if data.startswith((b'{', b'[')) else data

    def memory_mb(self):
        status = pathlib.Path(f'/proc/{self.child.pid}/status').read_text()
        return int(re.search(r'VmRSS:\s+(\d+)', status)[1]) / 1024

    def stop(self):
        self.child.terminate()
        self.child.wait()
        self.log.close()
        shutil.rmtree(self.data)


def take_over(server, compound, files, spent):
    for name, content in zip(('dwellings.csv', 'roster.csv'), files):
        query = urllib.parse.urlencode({'compound_id': compound, 'filename': name})
        started = time.monotonic()
        made = server.call('POST', '/api/imports?' + query, content, 'application/octet-stream')
        read = time.monotonic()
        server.call('POST', f"/api/imports/{made['id']}/commit", {})
        spent[name][0] += read - started
        spent[name][1] += time.monotonic() - read
        spent[name][2] += content.count(b'\n')


def base45(text):
    """Bytes of a Base45 text (RFC 9285)."""
    signs = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:'
    out = bytearray()
    for at in range(0, len(text), 3):
        part = text[at:at + 3]
        value = sum(signs.index(c) * 45 ** i for i, c in enumerate(part))
        out += value.to_bytes(len(part) - 1, 'big')
    return bytes(out)


def enrol(server, compound):
    opening = server.call('POST', '/api/openings', {
        'compound_id': compound, 'name': '正门', 'kind': 'both', 'state': 'guarded'})
    code = server.call('POST', '/api/enrolments', {'opening_id': opening['id'], 'label': 'bench'})
    # The only byte string of 16 in the code's CBOR.
    plain = base45(code['text'].removeprefix('SWE1:'))
    secret = plain[plain.index(b'\x50') + 1:][:16].hex()
    device = server.call('POST', '/api/gate/enrol', {'secret': secret, 'client_ms': int(time.time() * 1000)})
    token = device['device_token']
    return token, server.call('GET', '/api/gate/list', token=token)


GATE_SCRIPT = """
local threads = 0
function setup(thread) thread:set('lane', threads) threads = threads + 1 end
local devices = { %s }
local seq, lane_first = 0, 0
function init(args) lane_first = lane * 10000000 + %d end
function request()
  seq = seq + 1
  local device = devices[(lane + 2 * seq) %% #devices + 1]
  local home = device.homes[(seq * 7919) %% #device.homes + 1]
  local direction = seq %% 2 == 0 and 'out' or 'in'
  local body = string.format('{"seq":%%d,"happened_ms":%%d,"direction":"%%s","result":"passed",' ..
    '"holder_kind":"resident_member","household_id":%%d,"person_ids":[%%d],"persons":1,"companions":0,' ..
    '"readings":[{"person":0,"tenths":365,"at_ms":%%d}],"steps":[],"outcome":"allow","reasons":[],' ..
    '"policy_version":1,"offline":false,"list_age_s":0}',
    lane_first + seq, %d, direction, home[1], home[2], %d)
  return wrk.format('POST', '/api/gate/confirm',
    { ['Authorization'] = 'Bearer ' .. device.token, ['Content-Type'] = 'application/json' }, body)
end
local bad = 0
function response(status) if status ~= 200 then bad = bad + 1 end end
"""


def wrk(server, path, seconds, connections, script=None):
    command = ['wrk', '-t2', f'-c{connections}', f'-d{seconds}s', '--latency']
    if script:
        command += ['-s', script]
    out = subprocess.run(command + [f'http://127.0.0.1:{server.port}{path}'], capture_output=True, text=True,
                         check=True).stdout
    wrong = re.search(r'Non-2xx or 3xx responses: (\d+)', out)
    p99 = re.search(r'99%\s+([\d.]+)(us|ms|s)', out)
    scale = {'us': 0.001, 'ms': 1, 's': 1000}[p99[2]]
    return (float(re.search(r'Requests/sec:\s+([\d.]+)', out)[1]), float(p99[1]) * scale,
            int(wrong[1]) if wrong else 0)


def at_the_gate(server, devices, seconds, connections):
    folder = pathlib.Path(server.data)
    rates = {'gate': [], 'healthz': [], 'program': []}
    tails, refused = [], 0
    for turn in range(3):
        now = int(time.time() * 1000)
        table = ','.join('{ token = "%s", homes = { %s } }' % (
            token, ','.join('{%d,%d}' % home for home in homes)) for token, homes in devices)
        script = folder / 'gate.lua'
        script.write_text(GATE_SCRIPT % (table, turn * 100_000_000 + 1, now, now))
        rates['healthz'].append(wrk(server, '/healthz', 3, connections)[0])
        rates['program'].append(wrk(server, '/api/program', 3, connections)[0])
        rate, p99, wrong = wrk(server, '/', seconds, connections, str(script))
        rates['gate'].append(rate)
        tails.append(p99)
        refused += wrong
    middle = {name: statistics.median(all_) for name, all_ in rates.items()}
    print(f"durable decisions over HTTP      {middle['gate']:10.0f} /s, "
          f"p99 {statistics.median(tails):.1f} ms, {refused} refused, {connections} connections")
    for what, name in (('a trivial answer (/healthz)', 'healthz'), ('a read (/api/program)', 'program')):
        share = middle['gate'] / middle[name]
        print(f'  of {what:28} {share:10.3f}   ({middle[name]:.0f} /s)')


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('program')
    parser.add_argument('--compounds', type=int, default=4)
    parser.add_argument('--households', type=int, default=500, help='of each compound')
    parser.add_argument('--seconds', type=int, default=8, help='of each of three turns at the gate')
    parser.add_argument('--connections', type=int, default=64)
    parser.add_argument('--database', default='')
    options = parser.parse_args()
    dice = random.Random(7)
    print(f'binary                           {pathlib.Path(options.program).stat().st_size / 1e6:10.1f} MB')
    server = Server(options.program, options.database)
    try:
        time.sleep(2)
        print(f'idle memory, demonstration       {server.memory_mb():10.1f} MB')
        community = server.call('GET', '/api/places?kind=community')['items']
        if not community:
            root = server.call('GET', '/api/places')['items'][0]
            while root['kind'] != 'community':
                root = server.call('GET', f"/api/places?parent_id={root['id']}")['items'][0]
            community = [root]
        spent = {'dwellings.csv': [0.0, 0.0, 0], 'roster.csv': [0.0, 0.0, 0]}
        devices, issuing, printing, cards = [], 0.0, 0.0, 0
        for number in range(options.compounds):
            compound = server.call('POST', '/api/places', {
                'parent_id': community[0]['id'], 'kind': 'compound', 'name': f'第{number + 1}小区',
                'compound_kind': 'property_managed'})['id']
            take_over(server, compound, office_files(options.households, dice), spent)
            started = time.monotonic()
            issued = server.call('POST', '/api/passes/issue', {'compound_id': compound})
            issuing += time.monotonic() - started
            started = time.monotonic()
            server.call('GET', f"/api/passes/print?compound_id={compound}")
            printing += time.monotonic() - started
            cards += issued['issued']
            token, known = enrol(server, compound)
            devices.append((token, [(h['id'], adult['id']) for h in known['households']
                                    for adult in [m for m in h['m'] if not m['c']][:1]]))
        for name, (read, write, rows) in spent.items():
            print(f'{name:18} {rows:7} rows  {rows / read:10.0f} rows/s read and compared, '
                  f'{rows / write:.0f} rows/s committed')
        print(f'cards issued                     {cards / issuing:10.0f} /s, '
              f'printed {cards / printing:.0f} /s')
        at_the_gate(server, devices, options.seconds, options.connections)
        print(f'memory after                     {server.memory_mb():10.1f} MB')
    finally:
        server.stop()


if __name__ == '__main__':
    main()
