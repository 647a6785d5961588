// The vendor's own Node.js clients, whose signing and decoding nobody here wrote,
// read the simulated account: over several pages, and into its errors.
//
// The simulator is MLPSCAN_BIN (the built command), or one that is already
// running at SIMULATOR_URL.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { after, before, test } from 'node:test'
import { createRequire } from 'node:module'

const require = createRequire(import.meta.url)
const { RPCClient } = require('@alicloud/pop-core')
const Ecs = require('@alicloud/ecs20140526')
const { $OpenApiUtil } = require('@alicloud/openapi-core')
const OSS = require('ali-oss')

const versions = {
  ecs: '2014-05-26', vpc: '2016-04-28', rds: '2014-08-15', actiontrail: '2020-07-06', sts: '2015-04-01',
  ram: '2015-05-01', ims: '2019-08-15', kms: '2016-01-20', slb: '2014-05-15', alb: '2020-06-16', nlb: '2022-04-30',
}
let url, id, secret, child

before(async () => {
  url = process.env.SIMULATOR_URL
  id = process.env.ALIBABA_CLOUD_ACCESS_KEY_ID ?? 'LTAI5tMlpscanDemoKey0001'
  secret = process.env.ALIBABA_CLOUD_ACCESS_KEY_SECRET ?? 'mlpscan-demo-secret-of-no-value'
  if (url) return
  assert.ok(process.env.MLPSCAN_BIN, 'set MLPSCAN_BIN to the built mlpscan, or SIMULATOR_URL to a running simulator')
  child = spawn(process.env.MLPSCAN_BIN, ['simulate', '--address', '127.0.0.1:0'], { stdio: ['ignore', 'pipe', 'inherit'] })
  for await (const line of createInterface({ input: child.stdout })) {
    url ??= line.match(/^listening on (http:\/\/\S+)/)?.[1]
    const key = line.match(/ALIBABA_CLOUD_ACCESS_KEY_ID=(\S+) ALIBABA_CLOUD_ACCESS_KEY_SECRET=(\S+)/)
    if (key) {
      [, id, secret] = key
      return
    }
  }
  assert.fail('the simulator did not start')
})

after(() => child?.kill())

// rpc is pop-core's client of one product: version 1 of the RPC protocol.
const rpc = (service, accessKeySecret = secret, accessKeyId = id) =>
  new RPCClient({ accessKeyId, accessKeySecret, endpoint: url, apiVersion: versions[service] })

// ecs is the newer client: version 3 of the signature.
const ecs = (accessKeySecret = secret) => new Ecs.default(new $OpenApiUtil.Config({
  accessKeyId: id, accessKeySecret, endpoint: new URL(url).host, protocol: 'http', regionId: 'cn-beijing',
}))

const oss = (region, accessKeySecret = secret, v4 = true) => new OSS({
  accessKeyId: id, accessKeySecret, region, endpoint: url, authorizationV4: v4, secure: false,
})

// distinct demands that no id comes twice and returns how many there are.
const distinct = (ids) => {
  assert.equal(new Set(ids).size, ids.length, 'an id came twice')
  assert.ok(ids.every(Boolean), 'an id is empty')
  return ids.length
}

test('the identity is the account of the demo', async () => {
  const me = await rpc('sts').request('GetCallerIdentity')
  assert.equal(me.AccountId, '1586402973150824')
  assert.match(me.RequestId, /^[0-9A-F-]{36}$/)
})

test('pop-core lists instances over several pages, by page number', async () => {
  const ids = []
  let pages = 0
  for (let total = 1; ids.length < total;) {
    const page = await rpc('ecs').request('DescribeInstances', { RegionId: 'cn-beijing', PageSize: 5, PageNumber: ++pages }, { method: 'POST' })
    total = page.TotalCount
    assert.ok(page.Instances.Instance.length > 0)
    ids.push(...page.Instances.Instance.map((i) => i.InstanceId))
  }
  assert.equal(distinct(ids), 27)
  assert.equal(pages, 6)
})

test('the ECS client lists instances over several pages, by token', async () => {
  const all = []
  for (const regionId of ['cn-beijing', 'cn-hangzhou', 'cn-shanghai', 'ap-southeast-1']) {
    let nextToken
    do {
      const { body } = await ecs().describeInstances(new Ecs.DescribeInstancesRequest({ regionId, maxResults: 10, nextToken }))
      assert.ok(body.instances.instance.length <= 10)
      all.push(...body.instances.instance)
      nextToken = body.nextToken
    } while (nextToken)
  }
  assert.equal(distinct(all.map((i) => i.instanceId)), 42)
  assert.ok(all.every((i) => i.regionId && i.instanceName && i.creationTime), 'a field the client knows is missing')
})

test('pop-core lists databases over several pages, in both styles', async () => {
  const byNumber = []
  for (let page = 1; page < 4; page++) {
    const got = await rpc('rds').request('DescribeDBInstances', { RegionId: 'cn-beijing', PageSize: 3, PageNumber: page })
    assert.equal(got.TotalRecordCount, 8)
    assert.equal(got.PageRecordCount, got.Items.DBInstance.length)
    byNumber.push(...got.Items.DBInstance.map((d) => d.DBInstanceId))
  }
  const byToken = []
  let token
  do {
    const got = await rpc('rds').request('DescribeDBInstances', { RegionId: 'cn-beijing', MaxResults: 3, ...(token && { NextToken: token }) })
    byToken.push(...got.Items.DBInstance.map((d) => d.DBInstanceId))
    token = got.NextToken
  } while (token)
  assert.equal(distinct(byNumber), 8)
  assert.deepEqual(byToken, byNumber)
})

test('pop-core lists trails and their state', async () => {
  const got = await rpc('actiontrail').request('DescribeTrails', { RegionId: 'cn-beijing', IncludeShadowTrails: true })
  assert.equal(distinct(got.TrailList.map((t) => t.Name)), 2)
  for (const t of got.TrailList) {
    const state = await rpc('actiontrail').request('GetTrailStatus', { RegionId: t.HomeRegion, Name: t.Name })
    assert.equal(typeof state.IsLogging, 'boolean')
  }
  const home = await rpc('actiontrail').request('DescribeTrails', { RegionId: 'cn-beijing' })
  assert.equal(home.TrailList.length, 1, 'a trail of another region is there unasked')
})

test('pop-core lists users over several pages, by marker, and looks into them', async () => {
  const users = []
  let marker, pages = 0
  do {
    const page = await rpc('ram').request('ListUsers', { MaxItems: 5, ...(marker && { Marker: marker }) }, { method: 'POST' })
    assert.ok(page.Users.User.length > 0 && page.Users.User.length <= 5)
    users.push(...page.Users.User.map((u) => u.UserName))
    assert.equal(page.IsTruncated, page.Marker !== undefined)
    marker = page.Marker
    pages++
  } while (marker)
  assert.equal(distinct(users), 14)
  assert.equal(pages, 3)
  let devices = 0
  for (const UserName of users) {
    const { User } = await rpc('ram').request('GetUser', { UserName })
    assert.equal(User.UserName, UserName)
    try {
      await rpc('ram').request('GetUserMFAInfo', { UserName })
      devices++
    } catch (e) {
      assert.equal(e.code, 'EntityNotExist.User.MFADevice')
    }
  }
  const { SummaryMap } = await rpc('ims').request('GetAccountSummary')
  assert.equal(SummaryMap.Users, users.length)
  assert.equal(SummaryMap.MFADevicesInUse, devices)
})

test('pop-core lists what stands at the edge of the network', async () => {
  const classic = []
  for (let page = 1; page < 3; page++) {
    const got = await rpc('slb').request('DescribeLoadBalancers', { RegionId: 'cn-beijing', PageSize: 1, PageNumber: page })
    assert.equal(got.TotalCount, 2)
    classic.push(...got.LoadBalancers.LoadBalancer.map((b) => b.LoadBalancerId))
  }
  assert.equal(distinct(classic), 2)
  for (const service of ['alb', 'nlb']) {
    const got = await rpc(service).request('ListLoadBalancers', { RegionId: 'cn-beijing', MaxResults: 100 })
    assert.equal(got.TotalCount, 1)
    assert.equal(distinct(got.LoadBalancers.map((b) => b.LoadBalancerId)), 1)
    assert.equal((await rpc(service).request('DescribeRegions')).Regions.length, 4)
  }
  const gateways = await rpc('vpc').request('DescribeNatGateways', { RegionId: 'cn-beijing', PageSize: 50 })
  assert.equal(distinct(gateways.NatGateways.NatGateway.map((g) => g.NatGatewayId)), 2)
  const addresses = await rpc('vpc').request('DescribeEipAddresses', { RegionId: 'cn-beijing', PageSize: 100 })
  assert.equal(distinct(addresses.EipAddresses.EipAddress.map((a) => a.AllocationId)), 13)
})

test('pop-core lists keys over several pages', async () => {
  const ids = []
  for (let page = 1; page <= 3; page++) {
    const got = await rpc('kms').request('ListKeys', { RegionId: 'cn-beijing', PageSize: 2, PageNumber: page })
    assert.equal(got.TotalCount, 5)
    ids.push(...got.Keys.Key.map((k) => k.KeyId))
  }
  assert.equal(distinct(ids), 5)
  for (const KeyId of ids) {
    const { KeyMetadata } = await rpc('kms').request('DescribeKey', { RegionId: 'cn-beijing', KeyId })
    assert.equal(KeyMetadata.KeyId, KeyId)
  }
})

for (const v4 of [false, true]) {
  test(`ali-oss lists buckets over several pages, signature ${v4 ? 4 : 1}`, async () => {
    const names = []
    let marker, pages = 0
    do {
      const got = await oss('oss-cn-beijing', secret, v4).listBuckets({ 'max-keys': 6, ...(marker && { marker }) })
      assert.ok(got.buckets.length <= 6)
      names.push(...got.buckets.map((b) => b.name))
      marker = got.isTruncated ? got.nextMarker : undefined
      pages++
    } while (marker)
    assert.equal(distinct(names), 20)
    assert.equal(pages, 4)
  })

  test(`ali-oss reads a bucket's settings, signature ${v4 ? 4 : 1}`, async () => {
    const client = oss('oss-cn-beijing', secret, v4)
    client.useBucket('qh-audit-trail')
    assert.equal((await client.getBucketACL('qh-audit-trail')).acl, 'private')
    const { bucket } = await client.getBucketInfo('qh-audit-trail')
    assert.equal(bucket.Name, 'qh-audit-trail')
    assert.equal(bucket.Location, 'oss-cn-beijing')
  })
}

// refused demands that a call fails with a code.
const refused = (call, code, status) => assert.rejects(call, (e) => {
  assert.equal(e.code, code, e.message)
  if (status) assert.equal(e.status ?? e.statusCode ?? e.entry?.response?.statusCode, status)
  return true
})

test('a wrong secret', async () => {
  await refused(rpc('rds', 'wrong').request('DescribeDBInstances', { RegionId: 'cn-beijing' }), 'SignatureDoesNotMatch')
  await refused(ecs('wrong').describeInstances(new Ecs.DescribeInstancesRequest({ regionId: 'cn-beijing' })), 'SignatureDoesNotMatch')
  await refused(oss('oss-cn-beijing', 'wrong').listBuckets(), 'SignatureDoesNotMatch', 403)
  await refused(oss('oss-cn-beijing', 'wrong', false).listBuckets(), 'SignatureDoesNotMatch', 403)
})

test('a key that does not exist', async () => {
  await refused(rpc('rds', secret, 'LTAInobody').request('DescribeDBInstances', { RegionId: 'cn-beijing' }), 'InvalidAccessKeyId.NotFound')
})

test('a call that is denied', async () => {
  await refused(rpc('ecs').request('DescribeSnapshots', { RegionId: 'ap-southeast-1' }), 'Forbidden.RAM')
  await refused(ecs().describeSnapshots(new Ecs.DescribeSnapshotsRequest({ regionId: 'ap-southeast-1' })), 'Forbidden.RAM')
  // This client does not throw where a policy cannot be read; it tells the status.
  const { status, policy } = await oss('oss-cn-beijing').getBucketPolicy('qh-his-insurance')
  assert.equal(status, 403)
  assert.equal(policy, null)
})

test('an action, a parameter and a page size that do not exist', async () => {
  await refused(rpc('rds').request('DescribeEverything', { RegionId: 'cn-beijing' }), 'InvalidAction.NotFound')
  await refused(rpc('rds').request('DescribeDBInstances', { RegionId: 'cn-beijing', Colour: 'red' }), 'InvalidParameter')
  await refused(rpc('rds').request('DescribeDBInstances', { RegionId: 'cn-beijing', PageSize: 1000 }), 'InvalidPageSize')
  await refused(rpc('ecs').request('DescribeInstances', {}), 'MissingRegionId')
  await refused(rpc('ram').request('ListUsers', { MaxItems: 1001 }), 'InvalidMaxItems')
  await refused(rpc('ram').request('GetLoginProfile', { UserName: 'nobody' }), 'EntityNotExist.User')
  await refused(rpc('ram').request('GetLoginProfile', { UserName: 'backup-job' }), 'EntityNotExist.User.LoginProfile')
})

test('a bucket asked in another region, and one that does not exist', async () => {
  await refused(oss('oss-cn-hangzhou').getBucketInfo('qh-audit-trail'), 'AccessDenied', 403)
  await refused(oss('oss-cn-beijing').getBucketInfo('no-such-bucket'), 'NoSuchBucket', 404)
})
