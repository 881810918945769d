// Answers requests of access by AWS's rules: a line of JSON with many in, a line of JSON with as many answers out.
// tests/oracle/simulator.py holds the other end, and says what is in them.
import { createInterface } from 'node:readline'
import {
  createValidatedPolicy,
  validateIdentityPolicy,
  validateResourcePolicy,
  validateTrustPolicy
} from '@cloud-copilot/iam-policy'
import { anonymousPrincipal, runSimulation, runUnsafeSimulation } from '@cloud-copilot/iam-simulate'

const validators = { identity: validateIdentityPolicy, resource: validateResourcePolicy, trust: validateTrustPolicy }
// Documents come once, and are read and checked once: the same few are asked about many times.
const documents = new Map()

function learn(id, kind, text) {
  documents.set(id, createValidatedPolicy(JSON.parse(text), validators[kind], { name: String(id) }))
}

async function decide({ principal, action, resource, owner, context, identity, policy }) {
  const simulation = {
    request: {
      principal: principal ?? anonymousPrincipal,
      action,
      resource: { resource, accountId: owner },
      contextVariables: context
    },
    identityPolicies: identity.map((id) => ({ name: String(id), policy: documents.get(id) })),
    resourcePolicy: policy === null ? undefined : documents.get(policy),
    serviceControlPolicies: [],
    resourceControlPolicies: []
  }
  const found = await runSimulation(simulation, { simulationMode: 'Strict' })
  if (found.resultType !== 'single') {
    return { trouble: found.errors ?? found.resultType }
  }
  const ignored = found.result.ignoredContextKeys
  if (ignored.length === 0) {
    return { result: found.overallResult }
  }
  // The claims of a token go by its issuer's name, and the simulator knows those of a few issuers only. What it left
  // out it is asked again to look at: the rest of the request it has found right.
  const issuer = /:oidc-provider\/(.*)$/.exec(principal)?.[1]
  if (issuer !== undefined && ignored.every((key) => key.startsWith(`${issuer}:`))) {
    return { result: runUnsafeSimulation(simulation, {}) }
  }
  return { trouble: { ignored } }
}

for await (const line of createInterface({ input: process.stdin })) {
  const message = JSON.parse(line)
  for (const [id, kind, text] of message.documents) {
    learn(id, kind, text)
  }
  const answers = []
  for (const request of message.requests) {
    try {
      answers.push(await decide(request))
    } catch (error) {
      answers.push({ trouble: String(error) })
    }
  }
  process.stdout.write(JSON.stringify(answers) + '\n')
}
