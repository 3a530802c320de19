/**
 * An error that a client sees: the code is an error shape of the model (or one of AWS's common errors), the text is AWS's
 * where it is known.
 *
 * @example throw new ServiceError('ParameterNotFound', 'Parameter /a not found.');
 */
export class ServiceError extends Error {
  /** Shape name in the model, for example `ParameterNotFound`; the wire code (awsQueryError) is found by the encoder. */
  readonly code: string;
  /** Overrides the model's HTTP status. */
  readonly status: number | undefined;
  /** Further members of the error shape, AWS spelling. */
  readonly members: Readonly<Record<string, unknown>>;

  constructor(code: string, message: string, options: { status?: number; members?: Record<string, unknown> } = {}) {
    super(message);
    this.name = code;
    this.code = code;
    this.status = options.status;
    this.members = options.members ?? {};
  }
}
