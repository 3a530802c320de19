import { strict as assert } from 'node:assert';
import { after, before, describe, it } from 'node:test';
import { allow, allPages, openTestAccount, refusal, type TestAccount } from './iam-for-tests.ts';
import { stepAt, totp } from './totp.ts';

describe('MFA devices', () => {
  let test: TestAccount;
  before(async () => {
    test = await openTestAccount();
  });
  after(() => test.ringwall.stop());

  async function newDevice(name: string) {
    const { VirtualMFADevice: device } = await test.root.createVirtualMFADevice({ VirtualMFADeviceName: name });
    return {
      SerialNumber: device?.SerialNumber ?? '',
      seed: Buffer.from(device?.Base32StringSeed ?? []).toString(),
      device,
    };
  }

  /** Codes of the step `offset` from now and of the next. */
  function codes(seed: string, offset: number) {
    const step = stepAt(test.ringwall.installation.clock.now()) + offset;
    return { AuthenticationCode1: totp(seed, step), AuthenticationCode2: totp(seed, step + 1) };
  }

  it('shows the seed once, also as a picture', async () => {
    const { SerialNumber, seed, device } = await newDevice('phone');
    assert.equal(SerialNumber, `arn:aws:iam::${test.account}:mfa/phone`);
    assert.match(seed, /^[A-Z2-7]{64}$/);
    assert.equal(
      Buffer.from(device?.QRCodePNG ?? [])
        .subarray(1, 4)
        .toString(),
      'PNG',
    );
    assert.equal(
      await refusal(test.root.createVirtualMFADevice({ VirtualMFADeviceName: 'phone' })),
      '409 EntityAlreadyExistsException: MFADevice entity at the same path and name already exists.',
    );
    const { VirtualMFADevices } = await test.root.listVirtualMFADevices({ AssignmentStatus: 'Unassigned' });
    assert.deepEqual(VirtualMFADevices, [{ SerialNumber }]);
  });

  it('is enabled by two codes in a row, for one user, until it is deactivated', async () => {
    const { SerialNumber, seed } = await newDevice('token');
    const UserName = 'ann';
    await test.root.createUser({ UserName, Path: '/p/' });
    await test.root.createUser({ UserName: 'eve' });
    const wrong = '403 InvalidAuthenticationCodeException: Authentication code for device is not valid.';
    const place = { UserName, SerialNumber };
    const { AuthenticationCode1: one, AuthenticationCode2: two } = codes(seed, 0);
    for (const given of [
      { AuthenticationCode1: one, AuthenticationCode2: one },
      { AuthenticationCode1: two, AuthenticationCode2: one },
      codes(seed, 100),
    ]) {
      assert.equal(await refusal(test.root.enableMFADevice({ ...place, ...given })), wrong);
    }
    await test.root.enableMFADevice({ ...place, ...codes(seed, -1) });
    assert.match(
      await refusal(test.root.enableMFADevice({ UserName: 'eve', SerialNumber, ...codes(seed, 1) })),
      /^409 EntityAlreadyExists/,
    );

    const { MFADevices: [listed] = [] } = await test.root.listMFADevices({ UserName });
    assert.deepEqual([listed?.UserName, listed?.SerialNumber], [UserName, SerialNumber]);
    const got = await test.root.getMFADevice({ SerialNumber });
    assert.deepEqual([got.UserName, got.EnableDate], [UserName, listed?.EnableDate]);
    const { VirtualMFADevices: [virtual] = [] } = await test.root.listVirtualMFADevices({
      AssignmentStatus: 'Assigned',
    });
    assert.equal(virtual?.User?.Arn, `arn:aws:iam::${test.account}:user/p/ann`);

    assert.equal(
      await refusal(test.root.deleteVirtualMFADevice({ SerialNumber })),
      '409 DeleteConflictException: MFA VirtualDevice in use. Must deactivate first.',
    );
    assert.match(await refusal(test.root.deleteUser({ UserName })), /must delete MFA device first/);
    assert.match(await refusal(test.root.deactivateMFADevice({ UserName: 'eve', SerialNumber })), /^404 /);
    await test.root.deactivateMFADevice(place);
    assert.deepEqual((await test.root.listMFADevices({ UserName })).MFADevices, []);
    await test.root.deleteVirtualMFADevice({ SerialNumber });
    assert.match(await refusal(test.root.getMFADevice({ SerialNumber })), /^404 NoSuchEntityException: /);
  });

  it('is brought back into step', async () => {
    const { SerialNumber, seed } = await newDevice('slow');
    const place = { UserName: 'eve', SerialNumber };
    await test.root.enableMFADevice({ ...place, ...codes(seed, -1) });
    const used = codes(seed, -1);
    assert.match(await refusal(test.root.resyncMFADevice({ ...place, ...used })), /InvalidAuthenticationCode/);
    await test.root.resyncMFADevice({ ...place, ...codes(seed, 8) });
    assert.match(
      await refusal(test.root.resyncMFADevice({ ...place, ...codes(seed, 8) })),
      /InvalidAuthenticationCode/,
    );
    assert.match(await refusal(test.root.resyncMFADevice({ ...place, UserName: 'ann', ...codes(seed, 10) })), /^404 /);
  });

  it('carries tags', async () => {
    const { VirtualMFADevice } = await test.root.createVirtualMFADevice({
      VirtualMFADeviceName: 'tagged',
      Path: '/team/',
      Tags: [{ Key: 'a', Value: '1' }],
    });
    const SerialNumber = VirtualMFADevice?.SerialNumber;
    assert.equal(SerialNumber, `arn:aws:iam::${test.account}:mfa/team/tagged`);
    await test.root.tagMFADevice({ SerialNumber, Tags: [{ Key: 'b', Value: '2' }] });
    await test.root.untagMFADevice({ SerialNumber, TagKeys: ['a'] });
    assert.deepEqual((await test.root.listMFADeviceTags({ SerialNumber })).Tags, [{ Key: 'b', Value: '2' }]);
    const keeper = await test.userWith(
      'keeper',
      allow('iam:ListMFADeviceTags', '*', { StringEquals: { 'aws:ResourceTag/b': '2' } }),
    );
    await keeper.listMFADeviceTags({ SerialNumber });
    const { SerialNumber: other } = await newDevice('untagged');
    assert.match(await refusal(keeper.listMFADeviceTags({ SerialNumber: other })), /AccessDenied/);
  });

  it('is listed page by page', async () => {
    const pages = await allPages(
      (marker) => test.root.listVirtualMFADevices({ MaxItems: 3, ...marker }),
      ({ VirtualMFADevices }) => VirtualMFADevices?.map(({ SerialNumber }) => SerialNumber?.split(':mfa')[1]),
    );
    assert.deepEqual(pages, [['/phone', '/slow', '/team/tagged'], ['/untagged']]);
  });

  it('belongs to its account', async () => {
    const SerialNumber = 'arn:aws:iam::999999999999:mfa/phone';
    assert.match(await refusal(test.root.deleteVirtualMFADevice({ SerialNumber })), /^404 /);
  });
});
