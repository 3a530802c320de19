import { strict as assert } from 'node:assert';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { after, before, describe, it } from 'node:test';
import { type CreateConnectionCommandInput, EventBridge } from '@aws-sdk/client-eventbridge';
import { IAM } from '@aws-sdk/client-iam';
import { openStage, queuePolicy, type Stage } from './targets-for-tests.ts';

type Asked = {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
};

describe('API destinations', () => {
  let stage: Stage;
  let events: EventBridge;
  let server: Server;
  let site: string;
  let RoleArn: string;
  const asked: Asked[] = [];
  /** Answers by path; 200 otherwise. */
  const answers = new Map<
    string,
    (asked: Asked) => { readonly status: number; readonly headers?: Record<string, string>; readonly body?: string }
  >();

  before(async () => {
    stage = await openStage();
    events = new EventBridge(stage.ringwall.client);
    server = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk) => {
        body += chunk;
      });
      request.on('end', () => {
        const { method = '', url = '', headers } = request;
        const one = { method, url, headers, body };
        asked.push(one);
        const answer = answers.get(url.split('?', 1)[0] ?? '')?.(one) ?? { status: 200 };
        response.writeHead(answer.status, answer.headers).end(answer.body);
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    site = `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
    const iam = new IAM(stage.ringwall.client);
    const documentOf = (Statement: object) => JSON.stringify({ Version: '2012-10-17', Statement });
    const trust = { Effect: 'Allow', Principal: { Service: 'events.amazonaws.com' }, Action: 'sts:AssumeRole' };
    const { Role } = await iam.createRole({ RoleName: 'caller', AssumeRolePolicyDocument: documentOf(trust) });
    RoleArn = Role?.Arn ?? '';
    const Resource = `arn:aws:events:us-east-1:${stage.ringwall.account}:api-destination/*`;
    const PolicyDocument = documentOf({ Effect: 'Allow', Action: 'events:InvokeApiDestination', Resource });
    await iam.putRolePolicy({ RoleName: 'caller', PolicyName: 'may', PolicyDocument });
    await iam.createRole({ RoleName: 'idler', AssumeRolePolicyDocument: documentOf(trust) });
  });
  after(async () => {
    await stage.ringwall.stop();
    server.close();
  });

  const apiKey: Omit<CreateConnectionCommandInput, 'Name'> = {
    AuthorizationType: 'API_KEY',
    AuthParameters: { ApiKeyAuthParameters: { ApiKeyName: 'x-key', ApiKeyValue: 'key-secret' } },
  };
  /** A rule for a source of the same name, whose target is a destination at a path of the same name. */
  const destination = async (
    name: string,
    connection: Omit<CreateConnectionCommandInput, 'Name'> = apiKey,
    target: object = {},
    more: object = {},
  ) => {
    const { ConnectionArn } = await events.createConnection({ Name: name, ...connection });
    const { ApiDestinationArn: Arn } = await events.createApiDestination({
      Name: name,
      ConnectionArn,
      InvocationEndpoint: `${site}/${name}`,
      HttpMethod: 'POST',
      ...more,
    });
    await events.putRule({ Name: name, EventPattern: JSON.stringify({ source: [name] }) });
    await events.putTargets({ Rule: name, Targets: [{ Id: 'one', Arn, RoleArn, ...target }] });
  };
  const put = async (Source: string, detail: object = {}, count = 1) => {
    const entry = { Source, DetailType: 't', Detail: JSON.stringify(detail) };
    await events.putEvents({ Entries: Array.from({ length: count }, () => entry) });
    await stage.ringwall.settled();
  };
  const at = (path: string) => asked.filter(({ url }) => url.split('?', 1)[0] === path);
  const dead = (name: string) => {
    const Arn = `arn:aws:sqs:us-east-1:${stage.ringwall.account}:${name}`;
    stage.policies.set(name, queuePolicy(Arn));
    return { DeadLetterConfig: { Arn } };
  };

  it('gets the event, with the key and the parameters of connection and target', async () => {
    const InvocationHttpParameters = {
      HeaderParameters: [{ Key: 'x-from', Value: 'connection', IsValueSecret: true }],
      QueryStringParameters: [{ Key: 'q', Value: 'connection' }],
      BodyParameters: [{ Key: 'added', Value: 'yes' }],
    };
    const AuthParameters = { ...apiKey.AuthParameters, InvocationHttpParameters };
    const HttpParameters = {
      PathParameterValues: ['$.detail.id'],
      HeaderParameters: { 'x-from': 'target', 'x-who': '$.detail.who' },
      QueryStringParameters: { q: 'target', r: 'a b' },
    };
    const InvocationEndpoint = `${site}/orders/*/done`;
    const target = { HttpParameters, InputPath: '$.detail' };
    await destination('orders', { ...apiKey, AuthParameters }, target, { InvocationEndpoint, HttpMethod: 'PUT' });
    await put('orders', { id: 'a/b', who: 'Ann\r\nx: y' });
    const [request] = asked.splice(0);
    assert.equal(request?.method, 'PUT');
    assert.equal(request?.url, '/orders/a%2Fb/done?q=connection&r=a+b');
    assert.deepEqual(JSON.parse(request?.body ?? ''), { id: 'a/b', who: 'Ann\r\nx: y', added: 'yes' });
    const {
      'x-key': key,
      'x-from': from,
      'x-who': who,
      'content-type': type,
      'user-agent': agent,
    } = request?.headers ?? {};
    assert.deepEqual(
      [key, from, who, type, agent],
      [
        'key-secret',
        'connection',
        'Ann  x: y',
        'application/json; charset=utf-8',
        'Amazon/EventBridge/ApiDestinations',
      ],
    );
  });

  it('proves itself by name and password, or by a token that it asks for once', async () => {
    await destination('basic', {
      AuthorizationType: 'BASIC',
      AuthParameters: { BasicAuthParameters: { Username: 'ann', Password: 'pass-secret' } },
    });
    await put('basic');
    assert.equal(at('/basic')[0]?.headers.authorization, `Basic ${Buffer.from('ann:pass-secret').toString('base64')}`);
    answers.set('/token', () => ({ status: 200, body: '{"access_token":"t1","expires_in":3600}' }));
    await destination('oauth', {
      AuthorizationType: 'OAUTH_CLIENT_CREDENTIALS',
      AuthParameters: {
        OAuthParameters: {
          ClientParameters: { ClientID: 'me', ClientSecret: 'client-secret' },
          AuthorizationEndpoint: `${site}/token`,
          HttpMethod: 'POST',
          OAuthHttpParameters: { BodyParameters: [{ Key: 'scope', Value: 'all' }] },
        },
      },
    });
    await stage.ringwall.settled();
    assert.equal((await events.describeConnection({ Name: 'oauth' })).ConnectionState, 'AUTHORIZED');
    await put('oauth', {}, 3);
    assert.deepEqual(
      at('/oauth').map(({ headers }) => headers.authorization),
      ['Bearer t1', 'Bearer t1', 'Bearer t1'],
    );
    assert.deepEqual(
      at('/token').map(({ body }) => body),
      ['grant_type=client_credentials&client_id=me&client_secret=client-secret&scope=all'],
    );
  });

  it('stands still when no token is given', async () => {
    answers.set('/no-token', () => ({ status: 403, body: 'no' }));
    const OAuthParameters = {
      ClientParameters: { ClientID: 'me', ClientSecret: 'client-secret' },
      AuthorizationEndpoint: `${site}/no-token`,
      HttpMethod: 'POST' as const,
    };
    await events.createConnection({
      Name: 'refused',
      AuthorizationType: 'OAUTH_CLIENT_CREDENTIALS',
      AuthParameters: { OAuthParameters },
    });
    await stage.ringwall.settled();
    const { ConnectionState, StateReason } = await events.describeConnection({ Name: 'refused' });
    assert.equal(ConnectionState, 'DEAUTHORIZED');
    assert.match(StateReason ?? '', /answered 403/);
  });

  it('is tried again when it fails, as late as it asks for, and not when it refuses', async () => {
    let status = 503;
    answers.set('/weak', () => ({ status, headers: { 'retry-after': '100' } }));
    await destination('weak');
    await put('weak');
    await stage.ringwall.advance(90_000);
    assert.equal(at('/weak').length, 1);
    status = 200;
    await stage.ringwall.advance(20_000);
    await stage.ringwall.advance(86_400_000);
    assert.equal(at('/weak').length, 2);
    answers.set('/refuses', () => ({ status: 400 }));
    await destination('refuses', apiKey, dead('refused-events'));
    await put('refuses');
    await stage.ringwall.advance(60_000);
    assert.equal(at('/refuses').length, 1);
    const [message] = await stage.taken('refused-events');
    assert.equal(message?.attributes['ERROR_CODE'], 'ERROR_FROM_TARGET');
    assert.match(message?.attributes['ERROR_MESSAGE'] ?? '', /answered 400/);
  });

  it('gives up on who is not there, and on who answers no HTTP', async () => {
    const InvocationEndpoint = 'http://127.0.0.1:1/';
    const target = { ...dead('nobody'), RetryPolicy: { MaximumRetryAttempts: 1 } };
    await destination('absent', apiKey, target, { InvocationEndpoint });
    await put('absent');
    await stage.ringwall.advance(5_000);
    const [message] = await stage.taken('nobody');
    assert.equal(message?.attributes['ERROR_CODE'], 'CONNECTION_FAILURE');
    assert.equal(message?.attributes['EXHAUSTED_RETRY_CONDITION'], 'MaximumRetryAttempts');
  });

  it('gets no more a second than it takes, and loses none', async () => {
    await destination('slow', apiKey, {}, { InvocationRateLimitPerSecond: 2 });
    await put('slow', {}, 6);
    assert.equal(at('/slow').length, 2);
    for (let n = 0; n < 5; n += 1) await stage.ringwall.advance(1_000);
    assert.equal(at('/slow').length, 6);
  });

  it('is called for roles that may invoke it', async () => {
    const target = { RoleArn: RoleArn.replace('caller', 'idler'), ...dead('idle') };
    await destination('guarded', apiKey, target);
    await put('guarded');
    assert.equal(at('/guarded').length, 0);
    const [message] = await stage.taken('idle');
    assert.equal(message?.attributes['ERROR_CODE'], 'NO_PERMISSIONS');
    assert.match(message?.attributes['ERROR_MESSAGE'] ?? '', /events:InvokeApiDestination/);
  });

  it('shows no secret, not in answers and not on record', async () => {
    const { AuthParameters } = await events.describeConnection({ Name: 'orders' });
    assert.deepEqual(AuthParameters, {
      ApiKeyAuthParameters: { ApiKeyName: 'x-key' },
      InvocationHttpParameters: {
        HeaderParameters: [{ Key: 'x-from', IsValueSecret: true }],
        QueryStringParameters: [{ Key: 'q', Value: 'connection', IsValueSecret: false }],
        BodyParameters: [{ Key: 'added', Value: 'yes', IsValueSecret: false }],
      },
    });
    const { store } = stage.ringwall.installation.house;
    for await (const { json } of store.readAudit({ from: 0, to: Number.MAX_SAFE_INTEGER })) {
      assert.doesNotMatch(json, /key-secret|pass-secret|client-secret/);
    }
  });

  it('keeps its connection, whose secrets can be changed and taken away', async () => {
    await assert.rejects(events.deleteConnection({ Name: 'basic' }), { name: 'ValidationException' });
    await events.updateConnection({
      Name: 'basic',
      AuthParameters: { BasicAuthParameters: { Password: 'other-secret' } },
    });
    asked.length = 0;
    await put('basic');
    assert.equal(at('/basic')[0]?.headers.authorization, `Basic ${Buffer.from('ann:other-secret').toString('base64')}`);
    const { ConnectionState } = await events.deauthorizeConnection({ Name: 'basic' });
    assert.equal(ConnectionState, 'DEAUTHORIZING');
    asked.length = 0;
    await put('basic');
    assert.equal(asked.length, 0);
    assert.equal((await events.describeApiDestination({ Name: 'basic' })).ApiDestinationState, 'INACTIVE');
  });
});
