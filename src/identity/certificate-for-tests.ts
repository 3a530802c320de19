/** A self-signed P-256 certificate of `localhost`, valid for a hundred years, its key, and a key that is not its own. For tests alone. */
export const certificate = `-----BEGIN CERTIFICATE-----
MIIBljCCATugAwIBAgIUb08z6R0i2GYbiMhpma9C0/Q04OkwCgYIKoZIzj0EAwIw
FDESMBAGA1UEAwwJbG9jYWxob3N0MCAXDTI2MTEyMzE4NDMxMVoYDzIxMjYxMDMw
MTg0MzExWjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjO
PQMBBwNCAASsg+PzbazPIQNBeAql3XZXNCdoq1OKnpQDRopPM9Tm9PnJwXbDNGLu
fwfm9w2g9aZxInhfK0/jB0dWncwE4I6mo2kwZzAdBgNVHQ4EFgQULYaWioXPJ+ep
+v8foBgugMW6+mowHwYDVR0jBBgwFoAULYaWioXPJ+ep+v8foBgugMW6+mowDwYD
VR0TAQH/BAUwAwEB/zAUBgNVHREEDTALgglsb2NhbGhvc3QwCgYIKoZIzj0EAwID
SQAwRgIhAIry4jhNgrp93lnsoHQRut04C7xdyiGIZJE6KqSfcq1QAiEArjwIUJj/
Y/mD4jlnznS6i4pLMSmvU62wr+sto4HxJqg=
-----END CERTIFICATE-----`;

export const certificateKey = `-----BEGIN EC PRIVATE KEY-----
MHcCAQEEIJ63kQs/iGeEkST60vG7qz3iEOQFnE0L5JdoChJOYX6yoAoGCCqGSM49
AwEHoUQDQgAErIPj822szyEDQXgKpd12VzQnaKtTip6UA0aKTzPU5vT5ycF2wzRi
7n8H5vcNoPWmcSJ4XytP4wdHVp3MBOCOpg==
-----END EC PRIVATE KEY-----`;

export const otherKey = `-----BEGIN EC PRIVATE KEY-----
MHcCAQEEILvkhAeRBH5AAqyg/HeYy0OGVznToUKv/C7maEgpGSxeoAoGCCqGSM49
AwEHoUQDQgAEwO9q/8oRfwWcBzlHxfrbDzjevVjtYdLABQ5dhvInUpI1vAdH8CDw
YBepLk6eZAZRofcIGSR0OSgvxFF9lGOkmQ==
-----END EC PRIVATE KEY-----`;
