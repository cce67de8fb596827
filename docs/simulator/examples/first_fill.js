// Buy 100 VIC with SSI's Node client and hear the fill: node first_fill.js CONFIG.js ACCOUNT PIN
const client = require("ssi-fctrading");
const axios = require("axios");
const config = require(require("path").resolve(process.argv[2]));
const [account, pin] = process.argv.slice(3);
const http = axios.create({ baseURL: config.URL, timeout: 5000 });

async function main() {
    const login = await http.post(client.api.GET_ACCESS_TOKEN, {
        consumerID: config.ConsumerID, consumerSecret: config.ConsumerSecret,
        twoFactorType: 0, code: pin, isSave: true,
    });
    const token = login.data.data.accessToken;

    client.initStream({ url: config.stream_url, access_token: token, notify_id: -1 });
    client.bind(client.events.onOrderUpdate, (e, { data }) => {
        console.log(e, data.orderStatus, `filled ${data.filledQty} of ${data.quantity}`);
        if (data.orderStatus === "FF") process.exit(0);
    });
    client.bind(client.events.onOrderMatch, (e, { data }) => console.log(e, data.matchQty, "at", data.matchPrice));
    client.bind(client.events.onOrderError, (e, { data }) => { console.log(e, data.message); process.exit(1); });
    client.start();

    const body = JSON.stringify({
        account, requestID: String(Math.floor(Math.random() * 99999999)), instrumentID: "VIC", market: "VN",
        buySell: "B", orderType: "LO", price: 86500, quantity: 100, channelID: "TA",
        deviceId: client.getDeviceId(), userAgent: client.getUserAgent(),
    });
    const answer = await http.post(client.api.NEW_ORDER, body, {
        headers: {
            "Content-Type": "application/json",
            [client.constants.AUTHORIZATION_HEADER]: `${client.constants.AUTHORIZATION_SCHEME} ${token}`,
            [client.constants.SIGNATURE_HEADER]: client.sign(body, config.PrivateKey),
        },
    });
    console.log(answer.data.message, answer.data.data && answer.data.data.requestID);
}
main();
