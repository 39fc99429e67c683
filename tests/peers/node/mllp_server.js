// A third-party MLLP server: acknowledges each message with AA and prints the patient's identifier.
// node mllp_server.js PORT
const { Server } = require('node-hl7-server')

const port = Number(process.argv[2])
const server = new Server({ bindAddress: '127.0.0.1' })
const inbound = server.createInbound({ port }, async (request, response) => {
  const message = request.getMessage()
  console.log(`got ${message.get('MSH.10').toString()} ${message.get('PID.3').toString()}`)
  await response.sendResponse('AA')
})
inbound.on('listen', () => console.log('ready'))
process.on('SIGTERM', () => inbound.close().then(() => process.exit(0)))
