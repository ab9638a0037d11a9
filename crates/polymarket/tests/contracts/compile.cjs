// Compiles StandIns.sol and prints what StandIns.json holds. `node compile.cjs PATH_OF_SOLC`
const fs = require('fs');
const path = require('path');
const solc = require(path.resolve(process.argv[2]));
const name = 'StandIns.sol';
const input = {
  language: 'Solidity',
  sources: { [name]: { content: fs.readFileSync(path.join(__dirname, name), 'utf8') } },
  settings: {
    optimizer: { enabled: true, runs: 1 },
    evmVersion: 'paris',
    metadata: { bytecodeHash: 'none', appendCBOR: false },
    outputSelection: { '*': { '*': ['evm.deployedBytecode.object'] } },
  },
};
const output = JSON.parse(solc.compile(JSON.stringify(input)));
const errors = (output.errors ?? []).filter((one) => one.severity === 'error');
if (errors.length > 0) throw new Error(errors.map((one) => one.formattedMessage).join('\n'));
const code = Object.entries(output.contracts[name])
  .map(([contract, { evm }]) => [contract, evm.deployedBytecode.object])
  .filter(([, object]) => object !== '');
process.stdout.write(`${JSON.stringify(Object.fromEntries(code), null, 1)}\n`);
