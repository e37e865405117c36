'use strict'
// Starts a did:plc directory and a personal data server in one process: node start.cjs PLC_PORT REQUESTS
// What the servers are asked goes to the file REQUESTS, a line each, before it is answered.

const fs = require('node:fs')
const net = require('node:net')

// Both would listen on every interface: neither lets its host be chosen.
const listen = net.Server.prototype.listen
net.Server.prototype.listen = function (port, ...rest) {
  this.prependListener('request', (request) =>
    fs.appendFileSync(process.argv[3], `${request.method} ${request.url}\n`)
  )
  return listen.call(this, { port, host: '127.0.0.1' }, ...rest)
}

const { Database, PlcServer } = require('@did-plc/server')
const { PDS, envToCfg, envToSecrets, readEnv } = require('@atproto/pds')

async function main() {
  await PlcServer.create({ db: Database.mock(), port: Number(process.argv[2]) }).start()
  const env = readEnv()
  const pds = await PDS.create(envToCfg(env), envToSecrets(env))
  await pds.start()
}

main()
