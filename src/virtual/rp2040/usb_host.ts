/**
 * The computer's end of the virtual board's USB: enumerates a CDC ACM device and carries its bytes. It does what a
 * real host does where rp2040js's own does less: it reads the device descriptor, ends control reads with a status
 * stage, sends line coding and line state to the interface, and polls no endpoint in vain, so that firmware can sleep.
 */
import {
  createSetupPacket,
  DataDirection,
  DescriptorType,
  getDescriptorPacket,
  type RP2040,
  SetupRecipient,
  SetupRequest,
  SetupType,
  setDeviceAddressPacket,
  setDeviceConfigurationPacket,
} from 'rp2040js';
import { ByteQueue, type LineDevice, type LineSettings, type VirtualLine } from '../line.js';
import type { VirtualClock } from './clock.js';
import { type CdcInterface, cdcInterface, deviceInfo, stringOf } from './usb_descriptors.js';

/** USB CDC PSTN 1.2, table 13. */
const setLineCoding = 0x20;
const setControlLineState = 0x22;
const controlPacketBytes = 64;
/** A control transfer that the device leaves unanswered for so long (virtual time) has failed. */
const controlTimeoutNanos = 50e6;
const deviceDescriptorBytes = 18;
const configurationHeaderBytes = 9;
const longestString = 255;
const englishUs = 0x0409;
const deviceAddress = 1;

interface Transfer {
  readonly setup: Uint8Array;
  /** Data stage from the host. */
  readonly data?: Uint8Array;
}

/** A dialogue over endpoint 0: yields transfers, gets the device's data (undefined: it did not answer). */
type Dialogue = Generator<Transfer, void, Uint8Array | undefined>;

export class UsbCdcHost implements LineDevice {
  private readonly dialogues: Dialogue[] = [];
  private transfer: Transfer | undefined;
  private received: number[] = [];
  private stage: 'idle' | 'in' | 'out' | 'status-in' | 'status-out' = 'idle';
  /** Size of the buffer that the device has armed for host data on endpoint 0 and on the bulk endpoint. */
  private armedControl: number | undefined;
  private armedBulk: number | undefined;
  private readonly timeout: { schedule(nanos: number): void; cancel(): void };
  private readonly out = new ByteQueue();
  private cdc: CdcInterface | undefined;
  private readonly usb: RP2040['usbCtrl'];

  constructor(
    rp2040: RP2040,
    clock: VirtualClock,
    private readonly line: VirtualLine,
  ) {
    this.usb = rp2040.usbCtrl;
    this.timeout = clock.createAlarm(() => this.finish(undefined));
    this.usb.onUSBEnabled = () => this.usb.resetDevice();
    this.usb.onResetReceived = () => this.start(this.enumerate());
    this.usb.onEndpointWrite = (endpoint, bytes) => this.fromDevice(endpoint, bytes);
    this.usb.onEndpointRead = (endpoint, size) => {
      if (endpoint === 0) this.armedControl = size;
      else if (endpoint === this.cdc?.outEndpoint) this.armedBulk = size;
      this.feed();
    };
  }

  send(bytes: Uint8Array): void {
    this.out.push(bytes);
    this.feed();
  }

  get pending(): number {
    return this.out.length;
  }

  configure(settings: LineSettings | undefined): void {
    if (this.cdc === undefined) return;
    if (settings === undefined) this.out.clear();
    this.start(this.lineSettings(this.cdc.communicationInterface, settings));
  }

  private *enumerate(): Dialogue {
    const device = yield { setup: getDescriptorPacket(DescriptorType.Device, deviceDescriptorBytes) };
    yield { setup: setDeviceAddressPacket(deviceAddress) };
    const header = yield {
      setup: getDescriptorPacket(DescriptorType.Configration, configurationHeaderBytes),
    };
    if (device === undefined || header === undefined || header.length < configurationHeaderBytes) return;
    const total = header[2]! | (header[3]! << 8);
    const configuration = yield { setup: getDescriptorPacket(DescriptorType.Configration, total) };
    const cdc = configuration && cdcInterface(configuration);
    if (cdc === undefined) return;
    const { vendorId, productId, manufacturerString, serialString } = deviceInfo(device);
    const manufacturer = manufacturerString ? stringOf(yield stringRequest(manufacturerString)) : undefined;
    const serialNumber = serialString ? stringOf(yield stringRequest(serialString)) : undefined;
    this.cdc = cdc;
    const done = yield { setup: setDeviceConfigurationPacket(configuration![5]!) };
    if (done === undefined) return;
    this.line.device = this;
    this.line.appear({ vendorId, productId, manufacturer, serialNumber });
  }

  private *lineSettings(wIndex: number, settings: LineSettings | undefined): Dialogue {
    const request = (bRequest: number, wValue: number, wLength: number) =>
      createSetupPacket({
        dataDirection: DataDirection.HostToDevice,
        type: SetupType.Class,
        recipient: SetupRecipient.Interface,
        bRequest,
        wValue,
        wIndex,
        wLength,
      });
    if (settings !== undefined) {
      const coding = new Uint8Array(7); // rate, one stop bit, no parity, 8 data bits
      new DataView(coding.buffer).setUint32(0, settings.baudRate, true);
      coding[6] = 8;
      yield { setup: request(setLineCoding, 0, coding.length), data: coding };
    }
    const state = (settings?.dtr ? 1 : 0) | (settings?.rts ? 2 : 0);
    yield { setup: request(setControlLineState, state, 0) };
  }

  private start(dialogue: Dialogue): void {
    this.dialogues.push(dialogue);
    if (this.dialogues.length === 1) this.advance(undefined);
  }

  private advance(answer: Uint8Array | undefined): void {
    const next = this.dialogues[0]?.next(answer as Uint8Array);
    if (next === undefined) return;
    if (next.done) {
      this.dialogues.shift();
      if (this.dialogues.length > 0) this.advance(undefined);
      else this.feed();
      return;
    }
    this.transfer = next.value;
    this.received = [];
    const { setup, data } = next.value;
    this.stage = data ? 'out' : setup[0]! & 0x80 ? 'in' : 'status-in';
    this.timeout.schedule(controlTimeoutNanos);
    this.usb.sendSetupPacket(setup);
    this.feed();
  }

  private finish(answer: Uint8Array | undefined): void {
    this.timeout.cancel();
    this.transfer = undefined;
    this.stage = 'idle';
    this.advance(answer);
  }

  private fromDevice(endpoint: number, bytes: Uint8Array): void {
    if (endpoint === this.cdc?.inEndpoint) this.line.receive(bytes);
    if (endpoint !== 0 || this.transfer === undefined) return;
    if (this.stage === 'status-in') this.finish(Uint8Array.from(this.received));
    else if (this.stage === 'in') {
      this.received.push(...bytes);
      const { setup } = this.transfer;
      const wanted = setup[6]! | (setup[7]! << 8);
      if (bytes.length < controlPacketBytes || this.received.length >= wanted) this.stage = 'status-out';
      this.feed();
    }
  }

  /** Hands the device what it has room for. */
  private feed(): void {
    if (this.armedControl !== undefined && (this.stage === 'out' || this.stage === 'status-out')) {
      const { stage } = this;
      this.armedControl = undefined;
      if (stage === 'out') {
        this.stage = 'status-in';
        this.usb.endpointReadDone(0, this.transfer!.data!);
      } else {
        this.usb.endpointReadDone(0, new Uint8Array(0));
        this.finish(Uint8Array.from(this.received));
      }
    }
    if (this.armedBulk !== undefined && this.out.length > 0 && this.dialogues.length === 0) {
      const bytes = this.out.take(this.armedBulk);
      this.armedBulk = undefined;
      this.usb.endpointReadDone(this.cdc!.outEndpoint, bytes);
    }
  }
}

function stringRequest(index: number): Transfer {
  const setup = createSetupPacket({
    dataDirection: DataDirection.DeviceToHost,
    type: SetupType.Standard,
    recipient: SetupRecipient.Device,
    bRequest: SetupRequest.GetDescriptor,
    wValue: (DescriptorType.String << 8) | index,
    wIndex: englishUs,
    wLength: longestString,
  });
  return { setup };
}
