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
// Requests that have been checked, but for who asks: not twice.
const sound = new Set()

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
  const wrong = [...identity, policy].flatMap((id) => documents.get(id)?.errors ?? [])
  if (wrong.length > 0) {
    return { trouble: { wrong } }
  }
  // Whether AWS knows action, resource and condition keys together takes far longer to find out than what it decides.
  // It depends on the kind of a resource, and not on its name.
  const kind = `${resource.split(':', 3)} ${resource.includes('/')}`
  const shape = [action, kind, ...Object.keys(context).sort()].join(' ')
  if (!sound.has(shape)) {
    const trouble = await troubleWith(simulation)
    if (trouble !== undefined) {
      return { trouble }
    }
    sound.add(shape)
  }
  return { result: runUnsafeSimulation(simulation, {}) }
}

// What the simulator finds wrong with a request before it decides on it; undefined for nothing.
async function troubleWith(simulation) {
  const found = await runSimulation(simulation, { simulationMode: 'Strict' })
  if (found.resultType !== 'single') {
    return found.errors ?? found.resultType
  }
  // The claims of a token go by its issuer's name, and the simulator knows those of a few issuers only.
  const issuer = /:oidc-provider\/(.*)$/.exec(simulation.request.principal)?.[1]
  const ignored = found.result.ignoredContextKeys.filter((key) => !key.startsWith(`${issuer}:`))
  if (ignored.length > 0) {
    return { ignored }
  }
  const same = found.result.ignoredContextKeys.length > 0 || found.overallResult === runUnsafeSimulation(simulation, {})
  return same ? undefined : 'it decides otherwise when it does not check'
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
