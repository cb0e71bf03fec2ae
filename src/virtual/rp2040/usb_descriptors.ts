/** Reading the descriptors that a USB device gives of itself (USB 2.0, 9.6; CDC 1.2). */

const interfaceDescriptor = 4;
const endpointDescriptor = 5;
const communicationClass = 2;
const dataClass = 10;
const bulk = 2;

export interface CdcInterface {
  /** Its interface's number: where class requests go. */
  readonly communicationInterface: number;
  readonly inEndpoint: number;
  readonly outEndpoint: number;
}

/** @returns undefined where a configuration has no complete CDC function. */
export function cdcInterface(configuration: Uint8Array): CdcInterface | undefined {
  let communicationInterface: number | undefined;
  let inEndpoint: number | undefined;
  let outEndpoint: number | undefined;
  let inData = false;
  for (let at = 0; at + 2 <= configuration.length; at += configuration[at]!) {
    const d = configuration.subarray(at, at + configuration[at]!);
    if (d.length < 2) return undefined;
    if (d[1] === interfaceDescriptor) {
      inData = d[5] === dataClass;
      if (d[5] === communicationClass) communicationInterface = d[2];
    } else if (d[1] === endpointDescriptor && inData && (d[3]! & 3) === bulk) {
      if (d[2]! & 0x80) inEndpoint = d[2]! & 0xf;
      else outEndpoint = d[2]! & 0xf;
    }
  }
  if (communicationInterface === undefined || inEndpoint === undefined || outEndpoint === undefined)
    return undefined;
  return { communicationInterface, inEndpoint, outEndpoint };
}

/** From a device descriptor: ids in hex and the indices of its strings (0: it has none). */
export function deviceInfo(device: Uint8Array) {
  const hex = (at: number) =>
    ((device[at] ?? 0) | ((device[at + 1] ?? 0) << 8)).toString(16).padStart(4, '0');
  return {
    vendorId: hex(8),
    productId: hex(10),
    manufacturerString: device[14] ?? 0,
    serialString: device[16] ?? 0,
  };
}

/** The text of a string descriptor (UTF-16LE after two bytes of header). */
export function stringOf(descriptor: Uint8Array | undefined): string | undefined {
  if (descriptor === undefined || descriptor.length < 2) return undefined;
  return Buffer.from(descriptor.subarray(2, descriptor[0])).toString('utf16le');
}
