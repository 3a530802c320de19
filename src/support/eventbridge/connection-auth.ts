import { type Input, present } from './api.ts';
import type { ConnectionParameters, HttpParameter } from './engine/http-call.ts';
import type { ConnectionRow } from './records.ts';

type Auth = ConnectionRow['auth'];
type Change = NonNullable<Input<'UpdateConnection'>['AuthParameters']>;

/** What a connection shows of itself: names, never values that are secret. */
export function shownAuth(auth: Auth) {
  const { ApiKeyAuthParameters: apiKey, BasicAuthParameters: basic, OAuthParameters: oauth } = auth;
  return present({
    ApiKeyAuthParameters: apiKey === undefined ? undefined : { ApiKeyName: apiKey.ApiKeyName },
    BasicAuthParameters: basic === undefined ? undefined : { Username: basic.Username },
    OAuthParameters:
      oauth === undefined
        ? undefined
        : present({
            ClientParameters: { ClientID: oauth.ClientParameters.ClientID },
            AuthorizationEndpoint: oauth.AuthorizationEndpoint,
            HttpMethod: oauth.HttpMethod,
            OAuthHttpParameters: shownParameters(oauth.OAuthHttpParameters),
          }),
    InvocationHttpParameters: shownParameters(auth.InvocationHttpParameters),
  });
}

type Parameter = HttpParameter & { readonly IsValueSecret?: boolean | undefined };
type Parameters = { readonly [K in keyof ConnectionParameters]: readonly Parameter[] | undefined };

function shownParameters(parameters: Auth['InvocationHttpParameters']) {
  if (parameters === undefined) return undefined;
  const { HeaderParameters, QueryStringParameters, BodyParameters } = parameters as Parameters;
  return present({
    HeaderParameters: HeaderParameters?.map(shownParameter),
    QueryStringParameters: QueryStringParameters?.map(shownParameter),
    BodyParameters: BodyParameters?.map(shownParameter),
  });
}

function shownParameter({ Key, Value, IsValueSecret = false }: Parameter) {
  return present({ Key, Value: IsValueSecret ? undefined : Value, IsValueSecret });
}

/** What an update changes; the rest stays, secrets too. */
export function mergedAuth(known: Auth, change: Change): Auth {
  const { ApiKeyAuthParameters: apiKey, BasicAuthParameters: basic, OAuthParameters: oauth } = change;
  const knownOauth = known.OAuthParameters;
  return {
    ...known,
    ...(apiKey === undefined
      ? {}
      : {
          ApiKeyAuthParameters: {
            ApiKeyName: apiKey.ApiKeyName ?? known.ApiKeyAuthParameters?.ApiKeyName ?? '',
            ApiKeyValue: apiKey.ApiKeyValue ?? known.ApiKeyAuthParameters?.ApiKeyValue ?? '',
          },
        }),
    ...(basic === undefined
      ? {}
      : {
          BasicAuthParameters: {
            Username: basic.Username ?? known.BasicAuthParameters?.Username ?? '',
            Password: basic.Password ?? known.BasicAuthParameters?.Password ?? '',
          },
        }),
    ...(oauth === undefined
      ? {}
      : {
          OAuthParameters: {
            ClientParameters: {
              ClientID: oauth.ClientParameters?.ClientID ?? knownOauth?.ClientParameters.ClientID ?? '',
              ClientSecret: oauth.ClientParameters?.ClientSecret ?? knownOauth?.ClientParameters.ClientSecret ?? '',
            },
            AuthorizationEndpoint: oauth.AuthorizationEndpoint ?? knownOauth?.AuthorizationEndpoint ?? '',
            HttpMethod: oauth.HttpMethod ?? knownOauth?.HttpMethod ?? 'POST',
            OAuthHttpParameters: oauth.OAuthHttpParameters ?? knownOauth?.OAuthHttpParameters,
          },
        }),
    ...(change.InvocationHttpParameters === undefined
      ? {}
      : { InvocationHttpParameters: change.InvocationHttpParameters }),
  } as Auth;
}
