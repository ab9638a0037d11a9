// SPDX-License-Identifier: MIT OR Apache-2.0
// Small contracts of our own that take the calls which the venue's contracts take and move the
// tokens which those move. They prove our calldata, approvals, signatures and accounting, and say
// nothing about how the venue's own code behaves. They are put at fixed addresses as bare runtime
// code, so there is no constructor and nothing immutable, and anybody may mint: this is for a
// private test chain alone.
pragma solidity 0.8.37;

address constant PUSD = 0xC011a7E12a19f7B1f670d46F03B03f3342E82DFB;
address constant USDCE = 0x2791Bca1f2de4661ED88A30C99A7a9449Aa84174;
address constant WRAPPED = 0x3A3BD7bb9528E159577F7C2e685CC81A765002E2;
address constant TOKENS = 0x4D97DCd97eC945f40cF65F87097ACe5EA0476045;
address constant NEG_RISK = 0xd91E80cF2E7be2e162c6513ceD06f1dD0dA35296;
address constant POSITIONS = 0x006F54F7f9A22e0000CC2AB60031000000ae9fEF;

// Where shares go that nobody may redeem.
address constant GRAVE = 0x000000000000000000000000000000000000dEaD;

interface ConditionalTokens {
    function prepareCondition(address oracle, bytes32 question, uint256 outcomes) external;
    function reportPayouts(bytes32 question, uint256[] calldata payouts) external;
    function getConditionId(address oracle, bytes32 question, uint256 outcomes) external pure returns (bytes32);
    function getCollectionId(bytes32 parent, bytes32 condition, uint256 set) external view returns (bytes32);
    function getPositionId(address collateral, bytes32 collection) external pure returns (uint256);
    function balanceOf(address owner, uint256 id) external view returns (uint256);
    function setApprovalForAll(address operator, bool approved) external;
    function safeTransferFrom(address from, address to, uint256 id, uint256 amount, bytes calldata data) external;
    function splitPosition(address collateral, bytes32 parent, bytes32 condition, uint256[] calldata sets, uint256 amount) external;
    function mergePositions(address collateral, bytes32 parent, bytes32 condition, uint256[] calldata sets, uint256 amount) external;
    function redeemPositions(address collateral, bytes32 parent, bytes32 condition, uint256[] calldata sets) external;
}

/// A dollar token that anybody may print.
contract Dollars {
    mapping(address => uint256) public balanceOf;
    mapping(address => mapping(address => uint256)) public allowance;

    event Transfer(address indexed from, address indexed to, uint256 value);
    event Approval(address indexed owner, address indexed spender, uint256 value);

    function mint(address to, uint256 amount) external {
        balanceOf[to] += amount;
        emit Transfer(address(0), to, amount);
    }

    function burn(uint256 amount) external {
        take(msg.sender, amount);
        emit Transfer(msg.sender, address(0), amount);
    }

    function approve(address spender, uint256 amount) external returns (bool) {
        allowance[msg.sender][spender] = amount;
        emit Approval(msg.sender, spender, amount);
        return true;
    }

    function transfer(address to, uint256 amount) external returns (bool) {
        return move(msg.sender, to, amount);
    }

    function transferFrom(address from, address to, uint256 amount) external returns (bool) {
        uint256 allowed = allowance[from][msg.sender];
        require(allowed >= amount, "allowance too small");
        if (allowed != type(uint256).max) allowance[from][msg.sender] = allowed - amount;
        return move(from, to, amount);
    }

    function move(address from, address to, uint256 amount) private returns (bool) {
        take(from, amount);
        balanceOf[to] += amount;
        emit Transfer(from, to, amount);
        return true;
    }

    function take(address from, uint256 amount) private {
        require(balanceOf[from] >= amount, "balance too small");
        balanceOf[from] -= amount;
    }
}

/// Receives ERC-1155 tokens and can be paused for an asset.
abstract contract Desk {
    mapping(address => bool) public paused;

    error OnlyUnpaused();

    modifier unlessPaused() {
        if (paused[USDCE]) revert OnlyUnpaused();
        _;
    }

    function setPaused(address asset, bool value) external {
        paused[asset] = value;
    }

    function supportsInterface(bytes4 id) external pure returns (bool) {
        return id == 0x01ffc9a7 || id == 0x4e2312e0;
    }

    function onERC1155Received(address, address, uint256, uint256, bytes calldata) external pure returns (bytes4) {
        return 0xf23a6e61;
    }

    function onERC1155BatchReceived(address, address, uint256[] calldata, uint256[] calldata, bytes calldata)
        external
        pure
        returns (bytes4)
    {
        return 0xbc197c81;
    }
}

/// What both adapters do: pUSD on one side, complete sets of `backing` on the other.
abstract contract Adapter is Desk {
    event PositionSplit(address indexed initiator, bytes32 indexed conditionId, uint256 amount);
    event PositionsMerged(address indexed initiator, bytes32 indexed conditionId, uint256 amount);
    event PositionsRedeemed(
        address indexed initiator, bytes32 indexed conditionId, uint256[] amounts, uint256 payout
    );

    function backing() internal pure virtual returns (address);

    function splitPosition(address, bytes32, bytes32 condition, uint256[] calldata, uint256 amount)
        external
        unlessPaused
    {
        collect(amount);
        mintSet(condition, amount);
        for (uint256 set = 1; set <= 2; set++) pay(msg.sender, position(condition, set), amount);
        emit PositionSplit(msg.sender, condition, amount);
    }

    function mergePositions(address, bytes32, bytes32 condition, uint256[] calldata, uint256 amount)
        external
        unlessPaused
    {
        for (uint256 set = 1; set <= 2; set++) fetch(position(condition, set), amount);
        ConditionalTokens(TOKENS).mergePositions(backing(), 0, condition, both(), amount);
        payOut(amount);
        emit PositionsMerged(msg.sender, condition, amount);
    }

    function redeemPositions(address, bytes32, bytes32 condition, uint256[] calldata) external unlessPaused {
        uint256[] memory amounts = new uint256[](2);
        for (uint256 set = 1; set <= 2; set++) {
            uint256 id = position(condition, set);
            amounts[set - 1] = ConditionalTokens(TOKENS).balanceOf(msg.sender, id);
            if (amounts[set - 1] > 0) fetch(id, amounts[set - 1]);
        }
        uint256 before = Dollars(backing()).balanceOf(address(this));
        ConditionalTokens(TOKENS).redeemPositions(backing(), 0, condition, both());
        uint256 payout = Dollars(backing()).balanceOf(address(this)) - before;
        if (payout > 0) payOut(payout);
        emit PositionsRedeemed(msg.sender, condition, amounts, payout);
    }

    function collect(uint256 amount) internal {
        Dollars(PUSD).transferFrom(msg.sender, address(this), amount);
        Dollars(PUSD).burn(amount);
        Dollars(backing()).mint(address(this), amount);
    }

    function payOut(uint256 amount) internal {
        Dollars(backing()).burn(amount);
        Dollars(PUSD).mint(msg.sender, amount);
    }

    function mintSet(bytes32 condition, uint256 amount) internal {
        Dollars(backing()).approve(TOKENS, amount);
        ConditionalTokens(TOKENS).splitPosition(backing(), 0, condition, both(), amount);
    }

    function position(bytes32 condition, uint256 set) internal view returns (uint256) {
        bytes32 collection = ConditionalTokens(TOKENS).getCollectionId(0, condition, set);
        return ConditionalTokens(TOKENS).getPositionId(backing(), collection);
    }

    function fetch(uint256 id, uint256 amount) internal {
        ConditionalTokens(TOKENS).safeTransferFrom(msg.sender, address(this), id, amount, "");
    }

    function pay(address to, uint256 id, uint256 amount) internal {
        ConditionalTokens(TOKENS).safeTransferFrom(address(this), to, id, amount, "");
    }

    function both() internal pure returns (uint256[] memory sets) {
        sets = new uint256[](2);
        sets[0] = 1;
        sets[1] = 2;
    }
}

contract StandardAdapter is Adapter {
    function backing() internal pure override returns (address) {
        return USDCE;
    }
}

contract NegRiskMarketAdapter is Adapter {
    event PositionsConverted(
        address indexed initiator, bytes32 indexed marketId, uint256 indexed indexSet, uint256 amount, uint256 amountOut
    );

    function backing() internal pure override returns (address) {
        return WRAPPED;
    }

    /// NOs of the questions in `set` come in; YESes of the others and dollars go out, both less
    /// the fee.
    function convertPositions(bytes32 market, uint256 set, uint256 amount) external unlessPaused {
        (uint256 questions, uint256 feeBips) = NegRiskMarkets(NEG_RISK).terms(market);
        require(questions >= 2, "not a market of several questions");
        require(set > 0 && set < (1 << questions), "no such question");
        uint256 out = amount - (amount * feeBips) / 10_000;
        uint256 given = 0;
        for (uint256 at = 0; at < questions; at++) {
            bytes32 condition = NegRiskMarkets(NEG_RISK).conditionOf(market, at);
            if ((set >> at) & 1 == 1) {
                fetch(position(condition, 2), amount);
                pay(GRAVE, position(condition, 2), amount);
                given += 1;
            } else {
                Dollars(backing()).mint(address(this), out);
                mintSet(condition, out);
                pay(msg.sender, position(condition, 1), out);
                pay(GRAVE, position(condition, 2), out);
            }
        }
        if (given > 1) Dollars(PUSD).mint(msg.sender, (given - 1) * out);
        emit PositionsConverted(msg.sender, market, set, amount, out);
    }
}

/// Groups of questions of which one pays: the oracle of their conditions.
contract NegRiskMarkets {
    struct Terms {
        uint256 questions;
        uint256 feeBips;
    }

    mapping(bytes32 => Terms) public terms;

    function open(bytes32 market, uint256 questions, uint256 feeBips) external {
        terms[market] = Terms(questions, feeBips);
        for (uint256 at = 0; at < questions; at++) {
            ConditionalTokens(TOKENS).prepareCondition(address(this), question(market, at), 2);
        }
    }

    /// The question at `winner` pays its YES, all others their NO.
    function resolve(bytes32 market, uint256 winner) external {
        for (uint256 at = 0; at < terms[market].questions; at++) {
            uint256[] memory payouts = new uint256[](2);
            payouts[at == winner ? 0 : 1] = 1;
            ConditionalTokens(TOKENS).reportPayouts(question(market, at), payouts);
        }
    }

    function conditionOf(bytes32 market, uint256 at) external view returns (bytes32) {
        return ConditionalTokens(TOKENS).getConditionId(address(this), question(market, at), 2);
    }

    function question(bytes32 market, uint256 at) private pure returns (bytes32) {
        return bytes32(uint256(market) | at);
    }
}

/// USDC.e into pUSD.
contract Onramp {
    function wrap(address asset, address to, uint256 amount) external {
        require(asset == USDCE, "asset not known");
        Dollars(USDCE).transferFrom(msg.sender, address(this), amount);
        Dollars(USDCE).burn(amount);
        Dollars(PUSD).mint(to, amount);
    }
}

/// pUSD into USDC.e.
contract Offramp {
    function unwrap(address asset, address to, uint256 amount) external {
        require(asset == USDCE, "asset not known");
        Dollars(PUSD).transferFrom(msg.sender, address(this), amount);
        Dollars(PUSD).burn(amount);
        Dollars(USDCE).mint(to, amount);
    }
}

/// Positions of Protocol V2. Minting calls no hook of the receiver.
contract Positions {
    mapping(uint256 => mapping(address => uint256)) private balances;
    mapping(address => mapping(address => bool)) public isApprovedForAll;
    mapping(uint256 => uint256) private millionths;
    mapping(bytes31 => bool) private resolved;

    function setApprovalForAll(address operator, bool approved) external {
        isApprovedForAll[msg.sender][operator] = approved;
    }

    function balanceOf(address owner, uint256 id) external view returns (uint256) {
        return balances[id][owner];
    }

    function balanceOfBatch(address[] calldata owners, uint256[] calldata ids)
        external
        view
        returns (uint256[] memory found)
    {
        found = new uint256[](ids.length);
        for (uint256 at = 0; at < ids.length; at++) found[at] = balances[ids[at]][owners[at]];
    }

    function safeTransferFrom(address from, address to, uint256 id, uint256 amount, bytes calldata) external {
        take(from, id, amount);
        balances[id][to] += amount;
    }

    function mint(address to, uint256 id, uint256 amount) external {
        balances[id][to] += amount;
    }

    function burn(address from, uint256 id, uint256 amount) external {
        take(from, id, amount);
    }

    /// What one share of each outcome pays, in millionths.
    function resolve(bytes31 condition, uint256 yes) external {
        resolved[condition] = true;
        millionths[uint256(bytes32(condition))] = yes;
        millionths[uint256(bytes32(condition)) | 1] = 1_000_000 - yes;
    }

    function getPayout(uint256 id, uint256 amount) external view returns (uint256) {
        require(resolved[bytes31(bytes32(id))], "not resolved");
        return (millionths[id] * amount) / 1_000_000;
    }

    function take(address from, uint256 id, uint256 amount) private {
        require(from == msg.sender || isApprovedForAll[from][msg.sender], "operator not approved");
        require(balances[id][from] >= amount, "too few shares");
        balances[id][from] -= amount;
    }
}

/// Splits, merges and redeems positions of Protocol V2.
contract Router {
    function split(bytes31 condition, uint256 amount) external {
        Dollars(PUSD).transferFrom(msg.sender, address(this), amount);
        for (uint256 outcome = 0; outcome < 2; outcome++) {
            Positions(POSITIONS).mint(msg.sender, position(condition, outcome), amount);
        }
    }

    function merge(bytes31 condition, uint256 amount) external {
        for (uint256 outcome = 0; outcome < 2; outcome++) {
            Positions(POSITIONS).burn(msg.sender, position(condition, outcome), amount);
        }
        Dollars(PUSD).transfer(msg.sender, amount);
    }

    function redeem(bytes31 condition, uint256 outcome, uint256 amount) external {
        uint256 payout = Positions(POSITIONS).getPayout(position(condition, outcome), amount);
        Positions(POSITIONS).burn(msg.sender, position(condition, outcome), amount);
        Dollars(PUSD).transfer(msg.sender, payout);
    }

    function position(bytes31 condition, uint256 outcome) private pure returns (uint256) {
        return uint256(bytes32(condition)) | outcome;
    }
}
