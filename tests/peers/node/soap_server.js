// node-soap as a peer of tests/connectors/test_soap_node.py: node soap_server.js PORT WSDL
// It answers what it was told, so that a test can see what arrived.
const fs = require('fs')
const http = require('http')
const soap = require('soap')

const [port, wsdl] = process.argv.slice(2)
const fault = { Code: { Value: 'soap:Sender' }, faultcode: 'soap:Client', faultstring: '流程不存在' }

const office = {
  doCreateWorkflowRequest ({ in0, in1 }) {
    if (in1 === 5) throw { Fault: fault, statusCode: 500 }
    return { out: `${in1}|${in0.requestName}` }
  },
  getWorkflowRequest ({ in0 }) {
    const field = { fieldName: 'xsexm', fieldValue: '张小直' }
    const row = { workflowRequestTableFields: { WorkflowRequestTableField: [field, field] } }
    return {
      out: {
        currentNodeName: '办理',
        requestId: String(in0),
        workflowMainTableInfo: { requestRecords: { WorkflowRequestTableRecord: [row] } }
      }
    }
  }
}

const server = http.createServer((request, response) => response.writeHead(404).end())
server.listen(Number(port), '127.0.0.1', () => {
  const services = { WorkflowService: { WorkflowServiceHttpPort: office } }
  soap.listen(server, '/services/WorkflowService', services, fs.readFileSync(wsdl, 'utf8'))
  console.log('ready')
})
process.on('SIGTERM', () => process.exit(0))
